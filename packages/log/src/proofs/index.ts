/** `@vitra/log/proofs`: keys, heads and proofs, checkable without Node and without any log. */
export * from './crypto.js'
export * from './head.js'
export * from './inclusion.js'
export * from './manifest.js'
export * from './merkle.js'
