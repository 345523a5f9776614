/** `@vitra/verifier`: verdicts. Browser-safe; replaying logs is in `@vitra/verifier/replay`. */
export * from './errors.js'
export * from './verdict.js'
