/** Where a text stands in a template, and the text. */
export type PlacedText = [place: string, text: string];

const TEXTS = ['title', 'description', 'errorMessage', 'ui:help'];

/** Texts of a JSON schema as a form shows them; a field without a title counts as one with the bare name of its key. */
function ofSchema(schema: any, place: string, name?: string): PlacedText[] {
  const own = TEXTS.flatMap((key): PlacedText[] =>
    typeof schema[key] === 'string' ? [[`${place}.${key}`, schema[key]]] : [],
  );
  // What a dependency repeats of a field has no type: it is not drawn a second time.
  const untitled: PlacedText[] =
    name && schema.type && schema.title === undefined
      ? [[`${place}.title`, name]]
      : [];
  // The pickers of Backstage fill in an English description of their own.
  const undescribed: PlacedText[] =
    /Picker$/.test(schema['ui:field'] ?? '') && !schema.description
      ? [[`${place}.description`, '']]
      : [];
  const choices = (schema.enumNames ?? []).map(
    (text: string, i: number): PlacedText => [`${place}.enumNames.${i}`, text],
  );
  const fields = Object.entries<any>(schema.properties ?? {}).flatMap(
    ([key, field]) => ofSchema(field, `${place}.${key}`, key),
  );
  const parts = [
    ...(schema.items ? [schema.items] : []),
    ...(schema.oneOf ?? []),
    ...Object.values<any>(schema.dependencies ?? {}),
  ].flatMap((part, i) => ofSchema(part, `${place}/${i}`));
  return [...own, ...untitled, ...undescribed, ...choices, ...fields, ...parts];
}

/** Every text of a template that its reader sees: card, form, steps of the task, and what stands at its end. */
export function visibleTexts({ metadata, spec }: any): PlacedText[] {
  const { links = [], text = [] } = spec.output;
  return [
    ['metadata.title', metadata.title],
    ['metadata.description', metadata.description],
    ...spec.parameters.flatMap((page: any, i: number) =>
      ofSchema(page, `parameters.${i}`),
    ),
    ...spec.steps.map(({ id, name }: any): PlacedText => [`steps.${id}`, name]),
    ...[...links, ...text].map(
      ({ title }: any): PlacedText => [`output.${title}`, title],
    ),
  ];
}
