export type Variables = Readonly<Record<string, string>>;

const VARIABLE = /\\\$|\$(?:\{(\w+)(?:(:[-+])([^{}]*))?\}|(\w+))|\$\{[^}]*\}?/g;

/**
 * Replaces a Dockerfile's variables: `$NAME`, `${NAME}`, `${NAME:-otherwise}`, `${NAME:+instead}`. An unknown name
 * becomes an empty string, and `\$` becomes a dollar.
 *
 * @param refuse is called with any other form
 */
export function fillVariables(text: string, values: Variables, refuse: (form: string) => never): string {
  return text.replace(
    VARIABLE,
    (form: string, braced?: string, modifier?: string, word: string = '', bare?: string) => {
      if (form === '\\$') return '$';
      const name = braced ?? bare;
      if (name === undefined) return refuse(form);
      const value = values[name] ?? '';
      if (modifier === ':-') return value || word;
      if (modifier === ':+') return value && word;
      return value;
    },
  );
}
