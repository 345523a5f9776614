/** `cbor-oracle.test.ts` with 50 times as many cases. */
import './cbor-oracle.test.js'
