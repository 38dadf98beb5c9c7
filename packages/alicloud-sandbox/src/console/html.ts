/** Text that is HTML already. */
export class Html {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Piece = Html | string | number | undefined | Piece[];

/** HTML from a template: what is filled in is escaped, unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...pieces: Piece[]): Html {
  return new Html(
    parts.reduce((text, part, i) => `${text}${print(pieces[i - 1])}${part}`),
  );
}

function print(piece: Piece): string {
  if (Array.isArray(piece)) return piece.map(print).join('');
  if (piece instanceof Html) return piece.toString();
  return escape(String(piece ?? ''));
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}
