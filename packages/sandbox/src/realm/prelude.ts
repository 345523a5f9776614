/**
 * First file of the driver, before anything that needs it: the error classes that contracts see, which the
 * driver's own extend (spec/6-determinism §3).
 */
import { cleanRejections, replaceErrors } from './errors.js'

replaceErrors()
cleanRejections()
