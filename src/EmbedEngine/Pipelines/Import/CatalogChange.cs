// What all changes of the catalogue share: a store that exists and knows the kind of its keys, attributes
// matched by name, one change on the disk.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Import;

/// <summary>Applies changes of attributes.</summary>
internal static class CatalogChange
{
    /// <summary>Applies changes whose settings number the attributes given.</summary>
    public static void Apply(
        Store store, AttributeStore attributes, KeyKind kind, IReadOnlyList<AttributeDefinition> named,
        IReadOnlyList<AttributeChange> changes, bool folds = true)
    {
        if (attributes.ItemKind != kind) EnsureKind(store, kind);
        attributes.ItemKind = kind;
        attributes.Change(kind, before =>
        {
            var added = new List<AttributeDefinition>();
            int[] numbers = new int[named.Count];
            for (int a = 0; a < numbers.Length; a++)
            {
                numbers[a] = before.Find(named[a].Name);
                if (numbers[a] < 0)
                {
                    numbers[a] = before.Columns.Count + added.Count;
                    added.Add(named[a]);
                }
                else if (before.Attributes[numbers[a]].Type != named[a].Type)
                {
                    throw OtherType(before.Attributes[numbers[a]], named[a].Type);
                }
            }
            if (before.Columns.Count + added.Count > AttributeDefinition.MaxAttributes)
                throw new EmbedEngineException(
                    ErrorCode.InvalidArgument,
                    $"a catalogue has at most {AttributeDefinition.MaxAttributes} attributes");
            return (added, [.. changes.Select(c => new AttributeChange(
                c.Key, Array.ConvertAll(c.Settings, s => s with { Attribute = numbers[s.Attribute] })))]);
        }, folds);
    }

    /// <summary>The error of an attribute that is of another type.</summary>
    public static EmbedEngineException OtherType(AttributeDefinition known, AttributeType type) => new(
        ErrorCode.BadInput,
        $"the catalogue's attribute '{known.Name}' is {AttributeDefinition.Describe(known.Type)}, not "
        + $"{AttributeDefinition.Describe(type)}: give the column another name");

    /// <summary>Makes the store where there is none, and settles the kind of its item keys.</summary>
    private static void EnsureKind(Store store, KeyKind kind)
    {
        if (store.Exists && StoreKeys.Kinds(store).Items == kind) return;
        using WriteSession write = store.BeginWrite();
        StoreKeys keys = StoreKeys.Load(store);
        if (keys.Items.Kind == kind) return;
        keys.Items.SetKind(kind);
        write.Commit(catalog => keys.SaveNew(catalog, keys.Items.Count, keys.Users.Count));
    }
}
