// The program that `npm run test:engines` runs on each Node: prints what its engine makes of the corpus, or of one digest.
import { record, spell } from './record.js'

const nth = process.argv[2]
console.log(JSON.stringify(nth === undefined ? await record() : await spell(Number(nth))))
