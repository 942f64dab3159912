/**
 * Why a part of a receipt became no event. A reject could not be read and stays kept as bytes, with its position; an
 * exclusion is no communication; a repair was made while reading and is recorded with the event. Codes are sealed:
 * they may be added to, never renamed. `docs/formats.md` is generated from these tables.
 */
export const REJECTS = {
  'format-unknown': 'No transcript format recognises this file.',
  'not-a-transcript':
    'The file belongs to an export that was recognised, but nothing reads this kind of file.',
  'line-too-long': 'A line is longer than a unit of input may be (8 MiB).',
  'unit-too-long': 'A JSON value or XML element is longer than a unit of input may be (8 MiB).',
  'event-too-large': 'The event is larger than 4 MiB as JSON.',
  'line-unknown': 'The line is neither an entry of this format nor part of one.',
  'json-malformed': 'The text is not JSON.',
  'json-shape': 'The JSON is not of the shape that this format has.',
  'xml-malformed': 'The element is not well-formed and could not be recovered.',
  'xml-doctype': 'A document type declaration; it is never read, so that no entity is expanded.',
  'xml-entity': 'The text refers to an entity that only a document type could define; none is expanded.',
  'element-unknown': 'An element that this format does not know.',
  truncated: 'The input ends in the middle of this unit.',
  'too-deep': 'The value is nested deeper than 64 levels.',
  'too-many-values': 'The unit holds more lists, objects or elements than are read (200,000).',
  'time-missing': 'The source gives no time.',
  'time-invalid': 'The time is no instant from year 0001 to 9999.',
  'date-ambiguous': 'The date can be read in two ways and nothing in the file decides.',
  'field-missing': 'A field without which there is no event is absent.',
  'field-invalid': 'A field is not of the form that the format prescribes.',
  'network-unknown': 'The source does not say on which network this was written; state it with --network.',
  'conversation-unknown': 'The source does not say to which conversation this belongs.',
  'zip-damaged': 'The archive, or this member of it, cannot be unpacked whole.',
  'zip-bomb': 'The member would unpack to far more than its archive may hold; it was not unpacked.',
  'zip-encrypted': 'The member is encrypted.',
  'zip-method': 'The member is compressed in a way that is not read (stored and deflate are).',
  'zip-too-deep': 'Archives inside archives, more than four deep.',
  'archive-unread':
    'An archive of a kind that is not read (bzip2, xz, zstd, 7z, rar, cab); unpack it and ingest what it holds.',
  'no-plain-file': 'The member is a link, a device or a part of a file; nothing is followed.',
  'unsafe-path': 'The name of the member leads out of its archive, or is not a name; it was not unpacked.',
  'too-many-files':
    'The archive holds more members than are read (300,000); unpack it and ingest the folder.',
  'format-fault': 'The format did not account for every unit of this part; a fault in Holdfast.',
  'file-too-large': 'The file has to be read as a whole and is larger than that is done (64 MiB).',
  'file-damaged': 'The file is not whole, or its inner structure contradicts itself, from here on.',
  'record-malformed': 'The record is not of the form that the format prescribes.',
  'file-encrypted': 'The file is encrypted.',
  'entry-unreadable': 'An entry in the stream was no entry that the archiver knows.',
} as const satisfies Record<string, string>;

/** Why a part is no communication. */
export const EXCLUSIONS = {
  'system-file': 'A file that an operating system leaves in folders (.DS_Store, Thumbs.db, __MACOSX).',
  'empty-file': 'A file without bytes.',
  'no-entries': 'A transcript with a heading and no entry.',
  'directory-file': 'A list of people, channels or settings that is read for names and is no communication.',
  'directory-entry':
    'An entry or heading that lists people, channels or columns; it is read for names and is no communication.',
  'room-itself': 'The room, listed as if it were a participant.',
  bookkeeping: 'A record of the source about its own state, repeating what other records say.',
  'attachment-file': 'The bytes of a file that a message names; they are held beside the message.',
  'file-unnamed': 'A file beside a transcript that no message names; its bytes are kept as a capture.',
  'read-with':
    'A file that is a part of another and was read with it (the write-ahead log of a database, for example).',
  'client-signal':
    'A signal between clients that says nothing: somebody types, a message arrived, a page of an archive ended.',
  'other-copy': 'The sender’s copy of a message whose recipient’s copy the same source holds.',
  'other-table': 'A row of a table that holds no communication.',
  'empty-line': 'A line without characters between units.',
} as const satisfies Record<string, string>;

/** What was changed while reading. */
export const REPAIRS = {
  'lone-surrogate': 'Half of a surrogate pair was replaced by U+FFFD.',
  'encoding-cp1252': 'The bytes are not UTF-8 and were read as Windows-1252.',
  'encoding-stated': 'The bytes are not UTF-8 and were read in the code page that the settings state.',
  'encoding-detected': 'The bytes are not UTF-8 and were read in the code page that they look like.',
  'encoding-invalid': 'Bytes that the stated encoding does not have were replaced by U+FFFD.',
  'raw-markup': 'A bare < or & in the text was read as that character.',
  'tag-whitespace': 'A tag with a line break in it was read as the tag.',
  'unclosed-markup': 'Markup that is never closed was closed.',
  'content-from-base64': 'Content and Base64Content differ; the text is that of Base64Content.',
  'sender-from-email': 'LoginName is empty; the address is that of CorporateEmailID.',
  'sender-absent': 'The source names no sender.',
  'sender-inferred':
    'Only a blank stands between a name and its text: where the name ends was taken from other lines of the file.',
  'date-inferred':
    'The entry has a time and no date: the date is that of the entry before, or the day after.',
  'date-order-assumed':
    'Nothing in the file or its settings says whether day or month comes first: the day was taken first.',
  'time-of-conversation':
    'The entry has no time of its own: it stands at the time at which its conversation began.',
  'time-of-entry-before': 'The entry has no time: it stands at that of the entry before it.',
  'time-of-message': 'The source gives this change no time; it stands at the time of its message.',
  'time-unknown':
    'The source gives no time at all, as for a list of contacts: it stands at the beginning of 1970.',
  'time-ambiguous': 'The wall clock shows this time twice (clocks went back); the first was taken.',
  'time-skipped': 'The wall clock never shows this time (clocks went forward); it was read an hour on.',
  'number-as-text': 'A number that is no safe integer was kept as the text of the source.',
  'text-from-attachments': 'The message has no text; it is taken from its attachments or blocks.',
  'text-differs':
    'The source holds the text twice and the two differ; the other one is kept beside the event.',
  'rich-text-unreadable': 'The source holds the text in rich form too, and that form cannot be read.',
  'weekday-differs': 'The source names a day of the week that the date is not; the date was taken.',
  'json-escape': 'An escape \\x, which JSON does not have, was read as the character that it names.',
  'prefix-removed': 'A prefix that the exporter puts before deleted text was taken off.',
} as const satisfies Record<string, string>;

export type RejectCode = keyof typeof REJECTS;
export type ExclusionReason = keyof typeof EXCLUSIONS;
export type RepairCode = keyof typeof REPAIRS;
