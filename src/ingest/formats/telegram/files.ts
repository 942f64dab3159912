/** Photos and files of a message, with their bytes where the export holds them. */
import type { Attachment } from '../../../core/event.ts';
import type { FilesBeside, Shared } from '../../reading/files-beside.ts';
import type { JsonObject } from '../../reading/json.ts';
import { textOf } from '../../reading/json-units.ts';

/** What an export writes in place of a path: “(File not included. …)”, “(File exceeds maximum size. …)”. */
const NO_PATH = /\((?:File|Photo|Video|Thumbnail) [^()]*\)$/u;

/** Every file that a message names. `root`: the folder of the export, with a slash at its end. */
export function filesOf(message: JsonObject, root: string, beside: FilesBeside): Shared[] {
  const shared: Shared[] = [];
  const add = (path: unknown, stated: Omit<Attachment, 'state'>): void => {
    const reference = textOf(path)?.toWellFormed();
    if (reference === undefined) return;
    if (NO_PATH.test(reference)) {
      shared.push({ attachment: { ...stated, state: 'missing' } });
      return;
    }
    const name = stated.name ?? reference.slice(reference.lastIndexOf('/') + 1);
    shared.push({
      attachment: { ...stated, ...(name !== '' && { name }), reference, state: 'referenced' },
      file: beside.find(root + reference),
    });
  };
  const name = textOf(message.file_name)?.toWellFormed();
  const mediaType = textOf(message.mime_type)?.toWellFormed();
  add(message.photo, { ...sizeOf(message.photo_file_size) });
  add(message.file, {
    ...(name !== undefined && { name }),
    ...sizeOf(message.file_size),
    ...(mediaType !== undefined && { mediaType }),
  });
  add(message.thumbnail, { ...sizeOf(message.thumbnail_file_size) });
  add(message.contact_vcard, { ...sizeOf(message.contact_vcard_file_size), mediaType: 'text/vcard' });
  return shared;
}

const sizeOf = (value: unknown): { size?: number } =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? { size: value } : {};
