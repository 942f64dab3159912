import fc from 'fast-check';
import { emptyElement } from '../../../src/ingest/reading/empty-element.ts';
import { parseXml } from '../../../src/ingest/reading/xml.ts';

const KNOWN = new Set(['sms']);

describe('an element without content', () => {
  test('is read with its attributes, pairs of references as one character', () => {
    expect(emptyElement('<sms a="1" b="x &amp; &#233;&#10;y &#55357;&#56842;" />')).toEqual({
      name: 'sms',
      attributes: { a: '1', b: 'x & é\ny 😊' },
      children: [],
      text: '',
    });
  });

  test.each([
    '<sms a="1"></sms>',
    '<sms a="1" a="2" />',
    '<sms a="&a;" />',
    '<sms a="half &#55357; pair" />',
    '<sms a="&#1;" />',
    '<sms a="line\nbreak" />',
    '<sms a="1"b="2" />',
    "<sms a='1' />",
    '<sms a="1" /> more',
    '<sms a="1',
    'sms',
  ])('is left to the parser where it is not of the plainest form: %s', (text) => {
    expect(emptyElement(text)).toBeUndefined();
  });

  test('is what the parser makes of it, whenever it is read here', () => {
    const piece = fc.constantFrom(
      'a',
      '&amp;',
      '&#65;',
      '&#x41;',
      '&',
      ';',
      '#',
      '"',
      '<',
      '>',
      ' ',
      '&lt;',
      '\n',
      '/',
      '=',
      'é',
      '&#0;',
      '&#xD83D;',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = `<sms a="${pieces.join('')}" b="2" />`;
        const found = emptyElement(text);
        if (found === undefined) return;
        const parsed = parseXml(text, KNOWN, []);
        expect('node' in parsed && parsed.node.attributes).toEqual(found.attributes);
      }),
      { numRuns: 2000 },
    );
  });
});
