/** `crash.test.ts` with 20 times as many cases. */
import './crash.test.js'
