/** `vitra/testing`: what authors of contracts, and Vitra's own tests, check databases with. */
export * from './check-database.js'
