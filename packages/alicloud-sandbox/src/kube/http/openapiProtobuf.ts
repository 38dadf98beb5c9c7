import { Writer } from 'protobufjs/minimal';

type Json = any;

/** The media type in which Kubernetes sends OpenAPI v2 as protobuf. */
export const OPENAPI_V2_PROTOBUF =
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** How clients ask for it: with a character that Go's parser of answers refuses. */
export const OPENAPI_V2_PROTOBUF_ASKED =
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** Field numbers are those of the public schema `openapi.v2` (gnostic's OpenAPIv2.proto). */
class Message {
  private readonly writer = new Writer();

  text(field: number, value: string | undefined): this {
    if (value) this.writer.uint32(field * 8 + 2).string(value);
    return this;
  }

  texts(field: number, values: string[] | undefined): this {
    for (const value of values ?? []) this.text(field, value);
    return this;
  }

  flag(field: number, value: boolean | undefined): this {
    if (value) this.writer.uint32(field * 8).bool(true);
    return this;
  }

  message(field: number, value: Message | undefined): this {
    if (value) this.writer.uint32(field * 8 + 2).bytes(value.bytes());
    return this;
  }

  /** Named values: what is a map in JSON is a list of name and value here. */
  named(
    field: number,
    values: Record<string, Json> | undefined,
    encode: (value: Json) => Message,
  ): this {
    for (const [name, value] of Object.entries(values ?? {})) {
      this.message(
        field,
        new Message().text(1, name).message(2, encode(value)),
      );
    }
    return this;
  }

  bytes(): Uint8Array {
    return this.writer.finish();
  }
}

/** Any value, as YAML; JSON is YAML. */
const any = (value: Json) => new Message().text(2, JSON.stringify(value));

const extensionsOf = (record: Json) =>
  Object.fromEntries(
    Object.entries(record).filter(([name]) => name.startsWith('x-')),
  );

function schema(value: Json): Message {
  const out = new Message()
    .text(1, value.$ref)
    .text(2, value.format)
    .text(4, value.description)
    .texts(19, value.required);
  for (const item of value.enum ?? []) out.message(20, any(item));
  if (value.additionalProperties) {
    out.message(
      21,
      new Message().message(1, schema(value.additionalProperties)),
    );
  }
  if (value.type) out.message(22, new Message().text(1, value.type));
  if (value.items)
    out.message(23, new Message().message(1, schema(value.items)));
  if (value.properties) {
    out.message(25, new Message().named(1, value.properties, schema));
  }
  return out.named(31, extensionsOf(value), any);
}

function parameter(value: Json): Message {
  const query = new Message()
    .text(2, value.in)
    .text(4, value.name)
    .text(6, value.type)
    .flag(20, value.uniqueItems);
  const nonBody = new Message().message(3, query);
  return new Message().message(1, new Message().message(2, nonBody));
}

function response(value: Json): Message {
  const item = new Message().message(1, schema(value.schema));
  const content = new Message().text(1, value.description).message(2, item);
  return new Message().message(1, content);
}

function operation(value: Json): Message {
  const out = new Message().texts(6, value.produces).texts(7, value.consumes);
  for (const item of value.parameters) out.message(8, parameter(item));
  return out
    .message(9, new Message().named(1, value.responses, response))
    .named(13, extensionsOf(value), any);
}

function pathItem(value: Json): Message {
  const out = new Message();
  const fields = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };
  for (const [method, field] of Object.entries(fields)) {
    if (value[method]) out.message(field, operation(value[method]));
  }
  return out;
}

/** An OpenAPI v2 document as protobuf. */
export function encodeOpenapiV2(document: Json): Buffer {
  const { swagger, info, paths, definitions } = document;
  const bytes = new Message()
    .text(1, swagger)
    .message(2, new Message().text(1, info.title).text(2, info.version))
    .message(8, new Message().named(2, paths, pathItem))
    .message(9, new Message().named(1, definitions, schema))
    .bytes();
  return Buffer.from(bytes);
}
