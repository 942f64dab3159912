/** README.txt of a bundle: how somebody who has never heard of Holdfast checks it with public tools. */
export function readmeText(archive: string, single: boolean): string {
  return `An export of the archive ${archive}, made by Holdfast.

report.pdf          the transcript to read, sealed (PAdES, PDF/A-3b)
records.ndjson      the records as they were sealed, one JSON document a line, in the order of the report
custody.ndjson      for each record, in the same order: where it was captured, when it was sealed, where else it was seen
attachments/        the files that records hold, where they hold any, each named by its SHA-256
checkpoints/        the signed head of each log of the archive at the time of the export (C2SP tlog-checkpoint)
heads.json          the entry of the control log that names the heads of all logs
${
  single
    ? 'proofs/             one C2SP tlog-proof for each record: proofs/<log>/<leaf>.tlog-proof'
    : 'tiles/              the C2SP tlog-tiles that cover the records; proofs/ proves the entry in heads.json'
}
chain/              certificates of the seal and its root, the revocation list (DER and PEM), and the public keys of
                    the logs (C2SP signed-note verifier keys)
declaration-template.txt   an unsigned template for the statement of a person: the seal is none
manifest.json       every other file with its SHA-256
manifest.json.p7s   the seal's signature of the manifest (CMS, detached)

HOW TO CHECK

0. Trust. Everything below leads to chain/root.crt. Compare its fingerprint with the one that the firm gave you by
   another way:
     openssl x509 -in chain/root.pem -noout -fingerprint -sha256

1. Everything at once, without the archive:
     holdfast verify DIR

2. The manifest and the files, with OpenSSL and coreutils:
     openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json \\
       -CAfile chain/root.pem -purpose any -out /dev/null
     jq -r '.files[] | .sha256 + "  " + .path' manifest.json | sha256sum -c

3. The report's signature, with any PDF reader that checks signatures (trust chain/root.crt), or:
     pdfsig report.pdf
     pyhanko sign adesverify --trust chain/root.pem --trust-replace report.pdf

4. A record. Its leaf value is SHA-256 over the salted digests of its fields:
     fieldSalt = hex SHA-256("holdfast/salt/1\\n" + salt + "\\n" + field name)
     digest    = hex SHA-256(fieldSalt + "\\n" + JCS(value)), empty when the field is absent   (JCS: RFC 8785)
     leaf      = SHA-256("holdfast/event/1\\n" + digests joined by "\\n")
   Fields, in order: id kind network conversation sender recipients actor target at text markup attachments payload
   provenance extra class quarter sealedAt. The leaf value is the entry of an RFC 6962 tree; ${
     single
       ? 'its tlog-proof\n   leads from there to the checkpoint'
       : 'the tiles lead from\n   there to the checkpoint'
   }, which chain/ledger.vkeys verifies.

WHAT THIS SHOWS, AND WHAT NOT

Nothing in these records changed since the heads in checkpoints/. Keep those: a later state of the archive can be proved
to extend them (holdfast verify --against THIS_FOLDER). It does not show that a source was complete when it was
captured, nor who typed. Whoever holds all keys of an archive could have made another one: without a head that somebody
outside held before, this shows accidents and partial tampering only.
`;
}
