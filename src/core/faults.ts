/**
 * What verification can find, in archives and in bundles. A code is a promise, as error codes are; `docs/errors.md`
 * lists this table.
 */
export const FAULTS = {
  unreadable: 'It cannot be read: the storage answered with an error.',
  'identity-missing':
    'The archive does not say who it is: `ledger/archive.json` is missing or not of its form.',
  'identity-differs': 'The archive says another identity than its first act in control sealed.',
  'log-missing': 'A log that the archive must have holds no commits.',
  'log-strange': 'There is a log that the archive’s identity does not name.',
  'commit-missing': 'A commit between others, or before them, is gone.',
  'commit-damaged': 'A commit’s bytes are not of the form of a commit of this place.',
  'commit-chain': 'A commit does not name the commit before it: one of the two was replaced.',
  'commit-order': 'A commit does not go on where the one before it ends: stream position, leaves or time.',
  'commit-counts': 'A commit counts other records of a receipt than it sealed.',
  'checkpoint-signature': 'A checkpoint is not signed by the archive’s ledger key.',
  'checkpoint-root': 'A checkpoint signs another root than its leaves have.',
  'checkpoint-missing': 'A log has no checkpoint file.',
  'checkpoint-differs': 'The checkpoint file is none that a commit holds.',
  'checkpoint-behind':
    'The checkpoint file shows an older head than the newest commit: it was rolled back, or a crash left it; sealing goes on from the commits and writes it again.',
  'log-truncated': 'A signed head names more leaves than the log has: its tail was cut off.',
  'log-rewritten': 'A signed head names another root for these leaves: the log was rewritten.',
  'segment-missing': 'A segment that a commit names is gone.',
  'segment-damaged': 'A segment’s bytes are not those that its commit names, or cannot be unpacked.',
  'record-differs': 'A record is not what its leaf says.',
  'record-stamp': 'A record bears another class, quarter or sealing time than its segment and commit.',
  'observation-dangling': 'An observation names a record that does not exist.',
  'act-signature': 'An act in control is not signed by the archive’s node.',
  'generation-unnamed': 'A log has a further generation, and no act in control opened it.',
  'generation-differs': 'A log’s earlier generation does not end at the head with which control closed it.',
  'tile-missing': 'A tile or entry bundle that the checkpoint needs is gone.',
  'tile-differs': 'A tile or entry bundle is not what the commits determine.',
  'capture-missing': 'A capture that a receipt or record names is gone.',
  'capture-damaged': 'A capture’s bytes do not hash to its name.',
  'receipt-missing': 'A receipt whose entry is sealed is gone.',
  'receipt-damaged': 'A receipt’s bytes do not hash to its name, or are not of its form.',
  'receipt-beside':
    'What stands beside a receipt, its moment or its account, is not what its sealed entry says.',
  'receipt-account': 'A receipt’s account does not add up, in itself or with what was sealed.',
  'attachment-missing': 'A held attachment is gone.',
  'attachment-damaged': 'An attachment’s bytes do not hash to its name.',
  'index-missing': 'The index lacks the document of a record below its stated position.',
  'index-strange': 'The index holds a document, or words, of what is no sealed event.',
  'index-differs': 'The index holds another document than the record gives, or finds it by other words.',
  'index-leads': 'The index states a position past the end of a log.',
  'outside-unreadable': 'An outsider’s checkpoint cannot be read.',
  'outside-other': 'An outsider’s checkpoint is of another archive, or of a log that is not there.',
  'outside-key': 'An outsider’s checkpoint is signed by another key than the archive’s.',
  'outside-truncated': 'An outsider holds a head with more leaves than the log has.',
  'outside-rewritten': 'An outsider holds a head that this log does not extend: it was rewritten since.',
  'manifest-missing': 'The bundle has no manifest that can be read.',
  'manifest-signature': 'The manifest is not signed by the seal of the bundle’s chain.',
  'chain-damaged': 'The certificates of the bundle are no valid chain, or the seal was revoked.',
  'chain-other': 'The root of the bundle is another than the one that was expected.',
  'file-missing': 'A file that the manifest lists is gone.',
  'file-changed': 'A file is not the one that the manifest lists.',
  'file-added': 'A file stands in the bundle that the manifest does not list.',
  'report-signature': 'The report’s signature does not cover the report, or is not by the seal.',
  'line-damaged': 'A line is not of its form.',
  'record-unproved': 'A record has no proof, or one that does not lead to the checkpoint in the bundle.',
  'record-dropped': 'A record that the custody trail names is gone.',
  'record-added': 'A record stands in the bundle that the custody trail does not name.',
  'record-order': 'A record stands at another place than the custody trail says.',
  'record-count': 'The bundle holds another number of records than the manifest says.',
  'custody-differs': 'The custody trail says other things than the record itself.',
  'heads-unproved':
    'The act that names the heads of all logs is missing, not of its form, or not by this archive’s node.',
  'heads-differ': 'A checkpoint does not extend the head that control sealed.',
  'more-faults': 'More faults were found than are listed.',
} as const satisfies Record<string, string>;

/** The closed set of fault codes. */
export type FaultCode = keyof typeof FAULTS;

/** One fault: what kind, in which object, and what is wrong there. Holds no content. */
export interface Fault {
  readonly code: FaultCode;
  /** Name of a vault object, file or record. */
  readonly where: string;
  readonly what: string;
}

/** What verification answers. */
export interface Verification {
  /** No fault was found. */
  readonly ok: boolean;
  /** How many of each thing were checked. */
  readonly checked: Readonly<Record<string, number>>;
  readonly faults: readonly Fault[];
}
