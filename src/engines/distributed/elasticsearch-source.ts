/** What Elasticsearch stores of a document: the document, what is searched of it, and nothing that it could guess at. */
import type { estypes } from '@elastic/elasticsearch';
import { canonical } from '../../core/json.ts';
import type { Bucket, LogName } from '../../core/record.ts';
import { DOCUMENT_VERSION, documentDigest, type IndexDocument } from '../../core/search/document.ts';
import { key, searchFields } from '../../core/search/fields.ts';
import { TOKENIZER_VERSION } from '../../core/search/tokenizer.ts';

/** Raise it when the fields here change. */
export const INDEX_VERSION = `2.${DOCUMENT_VERSION}.${TOKENIZER_VERSION}`;

/** What a bucket's mapping says of itself; names of indices alone would be ambiguous. */
export interface BucketMeta extends Bucket {
  readonly archive: string;
  readonly version: string;
}

export interface Source {
  readonly log: LogName;
  readonly leaf: number;
  readonly family: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly document: IndexDocument;
  /** The server refused the fields below: the document is found by its name and family only. */
  readonly bare?: true;
  readonly [field: string]: unknown;
}

export function sourceOf(document: IndexDocument): Source {
  const fields = searchFields(document);
  return {
    ...bareSource(document),
    classKey: key(document.class),
    quarter: document.quarter,
    kind: document.kind,
    earliest: fields.earliest,
    latest: fields.latest,
    tokens: fields.tokens.join(' '),
    words: fields.words,
    from: fields.from,
    to: fields.to,
    involved: fields.involved,
    senderAddress: fields.senderAddress,
    toAddresses: fields.toAddresses,
    addresses: fields.addresses,
    network: fields.network,
    conversation: fields.conversation,
    names: fields.conversationNames,
    files: fields.files,
    has: fields.has,
  };
}

/** What is left of a document that the server will not take whole. */
export function bareSource(document: IndexDocument): Source {
  return {
    log: document.log,
    leaf: document.leaf,
    family: document.family,
    at: Date.parse(document.at.instant),
    document,
  };
}

const keyword: estypes.MappingProperty = { type: 'keyword', norms: false, doc_values: false };
const sortable: estypes.MappingProperty = { type: 'keyword', norms: false };

export function bucketMappings(meta: BucketMeta): estypes.MappingTypeMapping {
  return {
    dynamic: false,
    date_detection: false,
    _meta: { ...meta },
    properties: {
      log: sortable,
      leaf: { type: 'long' },
      at: { type: 'long' },
      earliest: { type: 'long', doc_values: false },
      latest: { type: 'long', doc_values: false },
      family: keyword,
      classKey: keyword,
      quarter: sortable,
      kind: keyword,
      tokens: { type: 'text', analyzer: 'whitespace', norms: false, index_options: 'positions' },
      words: keyword,
      from: keyword,
      to: keyword,
      involved: keyword,
      senderAddress: sortable,
      toAddresses: sortable,
      addresses: keyword,
      network: keyword,
      conversation: sortable,
      names: keyword,
      files: keyword,
      has: keyword,
      bare: { type: 'boolean' },
      document: { type: 'object', enabled: false },
    },
  };
}

export const POSITION_MAPPINGS: estypes.MappingTypeMapping = {
  dynamic: false,
  properties: { log: { type: 'keyword' }, size: { type: 'long' }, rejects: { type: 'long' } },
};

/** `documentDigest` where everything stored is what the document gives; else a digest that fits nothing. */
export function auditDigest(log: LogName, source: Source): string {
  try {
    const { document } = source;
    const expected = source.bare === true ? { ...bareSource(document), bare: true } : sourceOf(document);
    if (document.log === log && canonical(expected) === canonical(source)) return documentDigest(document);
  } catch {
    // Anything may stand in a document that was tampered with.
  }
  return '';
}
