/**
 * A template for the statement of a person (Federal Rules of Evidence 902(11) and 902(13)), which the seal of an
 * archive cannot be. It is to be read, changed and signed by whoever has the knowledge; nothing in it is filled in.
 */
export const DECLARATION = `TEMPLATE. NOT SIGNED. To be reviewed by counsel before use.

DECLARATION OF A CUSTODIAN OR OTHER QUALIFIED PERSON
(Federal Rules of Evidence 902(11) and 902(13))

I, ______________________________ (name), declare:

1. I am ______________________________ (position) of ______________________________ (firm). I have knowledge of how
   the firm captures and keeps its electronic communications, and of the archive from which the accompanying records
   were exported.

2. The records in records.ndjson, rendered in report.pdf, were made at or near the time by, or from information
   transmitted by, a person or system with knowledge; were kept in the course of a regularly conducted activity of the
   firm; and making them was a regular practice of that activity.

3. The export was made by an electronic process that produces an accurate result: each record was sealed in an
   append-only ledger when it was archived, and manifest.json, the proofs and the checkpoints in this folder let anyone
   recompute that the records are those that were sealed.

4. I verified the export on ____________________ (date) with ______________________________ (tools), with this result:
   ______________________________________________________________.

5. Known limits and exceptions (sources not captured, gaps, rejects; see "Completeness and exceptions" in report.pdf):
   ______________________________________________________________.

I declare under penalty of perjury under the laws of the United States of America that the foregoing is true and
correct.

Executed on ____________________ at ______________________________.

______________________________ (signature)
`;
