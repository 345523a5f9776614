/** `files.test.ts` with 20 times as many cases. */
import './files.test.js'
