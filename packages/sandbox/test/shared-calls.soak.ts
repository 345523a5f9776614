// More of the random calls that share a frame: `npm run test:soak -- packages/sandbox/test/shared-calls.soak.ts`.
import './shared-calls.test.js'
