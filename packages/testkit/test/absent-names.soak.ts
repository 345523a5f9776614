/** More random calls over absent names: `npm run test:soak -- packages/testkit/test/absent-names.soak.ts`. */
import './absent-names.test.js'
