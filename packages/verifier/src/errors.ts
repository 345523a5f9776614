/** Errors of `@vitra/verifier`. */
import { VitraError } from '@vitra/log/values'
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

  constructor(report: AuditReport, violation: Violation) {
    super(
      'CONTRACT_FRAUD',
      `The executor has violated the contract: ${violation.message} (${violation.code})`,
      {
        details: { violation },
      },
    )
    this.report = report
    this.violation = violation
  }
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
