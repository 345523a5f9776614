/**
 * First file of the driver, before anything that needs it: UTF-8 coders, which a bare V8 realm lacks,
 * and the error classes that contracts see (spec/6-determinism §3).
 */
import { cleanRejections, replaceErrors } from './errors.js'
import { RealmTextDecoder, RealmTextEncoder } from './text.js'

Object.assign(globalThis, { TextEncoder: RealmTextEncoder, TextDecoder: RealmTextDecoder })
replaceErrors()
cleanRejections()
