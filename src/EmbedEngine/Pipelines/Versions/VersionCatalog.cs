// Versions in the catalog: publish, list, roll back. `active` is an alias; moving it is one transaction.

using System.Globalization;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>Reads and moves versions.</summary>
internal static class VersionCatalog
{
    /// <summary>Number of the active version; 0 when nothing was published.</summary>
    public static long ActiveNumber(Store store) => store.ReadCatalog(catalog =>
    {
        CatalogSeals.Check(catalog, VersionAliasTable.Table);
        return VersionAliasTable.ActiveNumber(catalog);
    });

    /// <summary>
    /// Number of the next version: never one that a version had, also a collected one. Only under the writer
    /// lock.
    /// </summary>
    public static long NextNumber(Store store) => store.ReadCatalog(catalog => 1 + Math.Max(
        VersionTable.LastNumber(catalog), MetaTable.Number(catalog, MetaTable.LastVersion) ?? 0));

    /// <summary>Removes a version's rows; its number stays taken. Call inside a transaction.</summary>
    public static void Remove(CatalogWriter catalog, long version)
    {
        MetaTable.Raise(catalog, MetaTable.LastVersion, VersionTable.LastNumber(catalog));
        ArtifactTable.DeleteOf(catalog, version);
        VersionTable.Delete(catalog, version);
    }

    /// <summary>All versions, oldest first.</summary>
    public static List<ModelVersion> List(Store store) => store.ReadCatalog(catalog =>
    {
        CatalogSeals.Check(catalog, VersionTable.Table, VersionAliasTable.Table);
        long active = VersionAliasTable.ActiveNumber(catalog);
        return VersionTable.All(catalog).ConvertAll(row => Describe(row, active));
    });

    /// <summary>One version, or null; no other's manifest is read.</summary>
    public static ModelVersion? Find(Store store, long number) => store.ReadCatalog(catalog =>
    {
        CatalogSeals.Check(catalog, VersionTable.Table, VersionAliasTable.Table);
        long active = VersionAliasTable.ActiveNumber(catalog);
        return VersionTable.Find(catalog, number) is VersionRow row ? Describe(row, active) : null;
    });

    /// <summary>
    /// The name of a version to be made: the one asked for, which no other may have, or <c>v</c> and its
    /// number.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.InvalidArgument"/>: another version has
    /// it.</exception>
    public static string NameFor(Store store, string? asked, long number)
    {
        Dictionary<string, long> taken = [];
        foreach (ModelVersion version in List(store)) taken[version.Name] = version.Number;
        if (asked is not null)
        {
            if (!taken.TryGetValue(asked, out long owner)) return asked;
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                $"{store.Path}: version {owner} has the name '{asked}' already; choose another");
        }
        string name = $"v{number}";
        while (taken.ContainsKey(name)) name += "-new";
        return name;
    }

    /// <summary>Renames the finished directory into place and commits the version, in that order.</summary>
    public static void Publish(
        WriteSession write, string temporaryPath, VersionRecord version, bool makeActive)
    {
        write.PublishVersion(temporaryPath, version.Number, catalog =>
        {
            VersionTable.Add(catalog, new VersionRow(
                version.Number, version.Parent, version.Name,
                version.CreatedAt.ToString("O", CultureInfo.InvariantCulture), version.Manifest));
            foreach (ArtifactRecord a in version.Artifacts) ArtifactTable.Add(catalog, version.Number, a);
            if (makeActive) VersionAliasTable.Set(catalog, VersionAliasTable.Active, version.Number);
        });
    }

    /// <summary>
    /// The version to go back to: the parent of the active one, so that going back again goes further.
    /// </summary>
    public static long ParentOfActive(Store store)
    {
        store.EnsureExists();
        store.EnsureWritable(); // Asked only to write.
        return store.ReadCatalog(catalog =>
            VersionTable.ParentOf(catalog, VersionAliasTable.ActiveNumber(catalog)) is long number and > 0
                ? number
                : throw new EmbedEngineException(
                    ErrorCode.Unknown,
                    $"{store.Path}: the active version has no parent; name a version with --to"));
    }

    /// <summary>Makes an existing version the active one, in one transaction.</summary>
    public static void Activate(Store store, long number)
    {
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        write.Commit(catalog =>
        {
            RequireVersion(catalog, store.Path, number);
            VersionAliasTable.Set(catalog, VersionAliasTable.Active, number);
        });
    }

    /// <summary>Adds an evaluation to a version's manifest, in one transaction.</summary>
    public static void Record(Store store, long number, RecordedEvaluation evaluation)
    {
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        write.Commit(catalog =>
        {
            RequireVersion(catalog, store.Path, number);
            string manifest = VersionTable.Find(catalog, number)!.Manifest;
            VersionTable.SetManifest(catalog, number, Manifest.WithEvaluation(manifest, evaluation));
        });
    }

    /// <summary>Every alias with its version.</summary>
    public static Dictionary<string, long> Aliases(Store store) => store.ReadCatalog(catalog =>
    {
        CatalogSeals.Check(catalog, VersionAliasTable.Table);
        return VersionAliasTable.All(catalog);
    });

    /// <summary>Makes or moves an alias other than active.</summary>
    public static void SetAlias(Store store, string alias, long version)
    {
        CheckAlias(alias);
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        write.Commit(catalog =>
        {
            RequireVersion(catalog, store.Path, version);
            VersionAliasTable.Set(catalog, alias, version);
        });
    }

    /// <summary>Removes an alias other than active.</summary>
    public static void RemoveAlias(Store store, string alias)
    {
        CheckAlias(alias);
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        write.Commit(catalog =>
        {
            if (VersionAliasTable.Find(catalog, alias) is null)
                throw new EmbedEngineException(
                    ErrorCode.Unknown, $"{store.Path}: there is no alias '{alias}'");
            VersionAliasTable.Delete(catalog, alias);
        });
    }

    /// <summary>A number, an alias, or the newest version of a name.</summary>
    public static long Resolve(Store store, string text) => store.ReadCatalog(catalog =>
    {
        CatalogSeals.Check(catalog, VersionTable.Table, VersionAliasTable.Table);
        long? found;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            found = VersionTable.Has(catalog, number) ? number : null;
        else
            found = VersionAliasTable.Find(catalog, text) ?? VersionTable.NewestNamed(catalog, text);
        return found ?? throw new EmbedEngineException(
            ErrorCode.Unknown, $"{store.Path}: no version, alias or name '{text}'");
    });

    /// <summary>The version and its ancestors, as far as they still exist.</summary>
    public static List<long> Lineage(Store store, long version) => store.ReadCatalog(catalog =>
    {
        CatalogSeals.Check(catalog, VersionTable.Table);
        var line = new List<long>();
        long next = version;
        while (next > 0 && !line.Contains(next) && VersionTable.ParentOf(catalog, next) is long parent)
        {
            line.Add(next);
            next = parent;
        }
        return line;
    });

    private static void CheckAlias(string alias)
    {
        ArgumentException.ThrowIfNullOrEmpty(alias);
        if (alias.Length > 128 || alias.Any(char.IsControl))
            throw new ArgumentException("an alias has 1 to 128 printable characters", nameof(alias));
        if (alias == VersionAliasTable.Active)
            throw new ArgumentException("'active' is moved by publish and rollback", nameof(alias));
        if (alias.All(char.IsAsciiDigit))
            throw new ArgumentException("a number cannot be an alias", nameof(alias));
    }

    private static void RequireVersion(CatalogReader catalog, string path, long number)
    {
        if (!VersionTable.Has(catalog, number))
            throw new EmbedEngineException(ErrorCode.Unknown, $"{path}: there is no version {number}");
    }

    private static ModelVersion Describe(VersionRow row, long active) =>
        Manifest.Describe(row.Manifest, row.Number, row.Name, row.CreatedAt, row.Number == active);
}
