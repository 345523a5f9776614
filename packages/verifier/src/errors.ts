/** Errors of `@vitra/verifier`. */
import { VitraError } from '@vitra/log/values'
import type { Proof } from './fraud/codec.js'
import type { AuditReport, Violation } from './verdict.js'

/**
 * The executor has violated the contract: thrown by `db.verify()`, given by a monitor's `violation`.
 *
 * @example
 * try { await db.verify() } catch (error) { if (error instanceof ContractFraudProof) console.log(error.violation.code) }
 */
export class ContractFraudProof extends VitraError<'CONTRACT_FRAUD'> {
  override name = 'ContractFraudProof'
  readonly violation: Violation
  readonly report: AuditReport
  /**
   * What convinces a stranger: a fraud proof, or of a rewritten log an equivocation proof; null where it could not be
   * made here. `encodeProof` gives its bytes, `check` says what it proves.
   */
  readonly proof: Proof | null
  /** Why there is no portable proof; null where there is one. */
  readonly unproved: string | null

  constructor(report: AuditReport, violation: Violation, portable: PortableProof = {}) {
    super(
      'CONTRACT_FRAUD',
      `The executor has violated the contract: ${violation.message} (${violation.code})`,
      {
        details: { violation },
      },
    )
    this.report = report
    this.violation = violation
    this.proof = portable.proof ?? null
    this.unproved = this.proof === null ? (portable.unproved ?? 'no proof was made') : null
  }
}

/** The portable proof of a violation, or why there is none. */
export interface PortableProof {
  readonly proof?: Proof | undefined
  readonly unproved?: string | undefined
}

/** The audit could not check everything and was asked to be strict. */
export class InconclusiveError extends VitraError<'AUDIT_INCONCLUSIVE'> {
  override name = 'InconclusiveError'
  readonly report: AuditReport

  constructor(report: AuditReport) {
    const first = report.findings[0]
    const rest = report.findings.length > 1 ? ` and ${report.findings.length - 1} more` : ''
    super(
      'AUDIT_INCONCLUSIVE',
      `the audit could not check everything: ${first?.message ?? 'no finding'}${rest}`,
    )
    this.report = report
  }
}
