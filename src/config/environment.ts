/** The process environment; the only place that touches it. */
export const environment: { readonly [name: string]: string | undefined } = process.env;
