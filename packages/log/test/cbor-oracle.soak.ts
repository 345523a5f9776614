/** `cbor-oracle.test.ts` with 50 times as many cases. */
process.env.VITRA_CASES = '50'
await import('./cbor-oracle.test.js')
