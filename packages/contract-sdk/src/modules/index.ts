/** `@vitra/contract-sdk/modules`: the standard modules that run inside the sandbox; no host API in any of them. */
export * as assertModule from './assert.js'
export { cleanCaught } from './caught.js'
export { type FormatOptions, formatValue } from './format.js'
export { createGenerator, type Generator } from './generator.js'
export * from './script/index.js'
export { createUtil, type Util } from './util.js'
