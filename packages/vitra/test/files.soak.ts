/** `files.test.ts` with 20 times as many cases. */
process.env.VITRA_CASES = '20'
await import('./files.test.js')
