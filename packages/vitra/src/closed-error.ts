/** What everything that needs the database open is told once it is closed. */
import { DatabaseError } from './errors.js'

export function closedError(cause?: unknown): DatabaseError {
  return new DatabaseError('DATABASE_CLOSED', 'the database is closed: load it again', { cause })
}
