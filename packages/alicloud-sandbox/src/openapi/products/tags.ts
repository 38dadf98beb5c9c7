import type { RpcCall, Tags } from '../call';
import type { Cloud } from '../cloud';
import { ApiError, notFound } from '../errors';
import type { RpcOperation } from '../operation';
import { byToken } from '../paging';

type TagsOf = (cloud: Cloud, id: string) => Tags | undefined;

/**
 * TagResources, UntagResources and ListTagResources of a product. The resource type is matched without regard to case.
 */
export function tagOperations(options: {
  /** The name of the untag operation: VPC spells it differently. */
  untag: 'UnTagResources' | 'UntagResources';
  /** `TagResources.TagResource[]` or the plain array of servicemesh. */
  shape: 'wrapped' | 'plain';
  sizeName?: string;
  types: Record<string, TagsOf>;
  ids: (cloud: Cloud, type: string) => string[];
}): Record<string, RpcOperation> {
  const { untag, shape, sizeName, types, ids } = options;

  const typeOf = (call: RpcCall): string => {
    const given = call.need('ResourceType');
    const type = Object.keys(types).find(
      name => name.toLowerCase() === given.toLowerCase(),
    );
    if (!type) {
      throw new ApiError(
        'InvalidResourceType.NotFound',
        `The resource type ${given} is none of ${Object.keys(types).join(
          ', ',
        )}.`,
        404,
      );
    }
    return type;
  };

  const targets = (call: RpcCall, cloud: Cloud) => {
    const type = typeOf(call);
    const given = call.list('ResourceId');
    if (given.length > 50) {
      throw new ApiError(
        'NumberExceed.ResourceId',
        `At most 50 resources can be given, got ${given.length}.`,
      );
    }
    return given.map(id => {
      const tags = types[type](cloud, id);
      if (!tags) throw notFound('InvalidResourceId.NotFound', type, id);
      return tags;
    });
  };

  return {
    TagResources: {
      required: ['ResourceId', 'ResourceType', 'Tag'],
      run: (call, cloud) => {
        const added = call.tags();
        for (const tags of targets(call, cloud)) Object.assign(tags, added);
      },
    },
    [untag]: {
      required: ['ResourceId', 'ResourceType'],
      run: (call, cloud) => {
        const keys = call.list('TagKey');
        for (const tags of targets(call, cloud)) {
          const gone =
            !keys.length && call.bool('All') ? Object.keys(tags) : keys;
          for (const key of gone) delete tags[key];
        }
      },
    },
    ListTagResources: {
      required: ['ResourceType'],
      run: (call, cloud) => {
        const type = typeOf(call);
        const given = call.list('ResourceId');
        const wanted = call.tags();
        const rows = (given.length ? given : ids(cloud, type)).flatMap(id => {
          const tags = types[type](cloud, id) ?? {};
          const matches = Object.entries(wanted).every(
            ([key, value]) =>
              key in tags && (value === '' || tags[key] === value),
          );
          return matches
            ? Object.entries(tags).map(([TagKey, TagValue]) => ({
                ResourceId: id,
                ResourceType: type,
                TagKey,
                TagValue,
              }))
            : [];
        });
        const { items, next } = byToken(call, rows, {
          sizeName,
          defaultSize: 50,
        });
        return {
          ...next,
          TagResources: shape === 'plain' ? items : { TagResource: items },
        };
      },
    },
  };
}
