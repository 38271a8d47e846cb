// Versions in the catalog: publish, list, roll back. `active` is an alias; moving it is one transaction.

using System.Globalization;
using EmbedEngine.Storage;
using Microsoft.Data.Sqlite;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>Reads and moves versions.</summary>
internal static class VersionCatalog
{
    public const string ActiveAlias = "active";

    private const string LastKey = "last_version";

    /// <summary>Number of the active version; 0 when nothing was published.</summary>
    public static long ActiveNumber(Store store) => store.ReadCatalog(connection =>
    {
        CatalogSeals.Check(connection, CatalogSeals.Alias);
        return ActiveNumber(connection);
    });

    /// <summary>
    /// Number of the next version: never one that a version had, also a collected one. Only under the writer
    /// lock.
    /// </summary>
    public static long NextNumber(Store store) => store.ReadCatalog(connection => 1 + Math.Max(
        (long)(Catalog.Scalar(connection, "SELECT max(number) FROM version") ?? 0L),
        (long)(Catalog.Scalar(connection, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = $k",
            ("$k", LastKey)) ?? 0L)));

    /// <summary>Removes a version's rows; its number stays taken. Call inside a transaction.</summary>
    public static void Remove(SqliteConnection connection, long version)
    {
        Catalog.Run(
            connection,
            """
            INSERT INTO meta SELECT $k, max(number) FROM version WHERE true
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            WHERE CAST(excluded.value AS INTEGER) > CAST(meta.value AS INTEGER)
            """,
            ("$k", LastKey));
        Catalog.Run(connection, "DELETE FROM artifact WHERE version = $v", ("$v", version));
        Catalog.Run(connection, "DELETE FROM version WHERE number = $v", ("$v", version));
    }

    /// <summary>All versions, oldest first.</summary>
    public static List<ModelVersion> List(Store store) => store.ReadCatalog(connection =>
    {
        CatalogSeals.Check(connection, CatalogSeals.Version, CatalogSeals.Alias);
        long active = ActiveNumber(connection);
        var versions = new List<ModelVersion>();
        Catalog.Query(
            connection, "SELECT number, name, created_at, manifest FROM version ORDER BY number", row =>
            versions.Add(Read(row, active)));
        return versions;
    });

    /// <summary>One version, or null; no other's manifest is read.</summary>
    public static ModelVersion? Find(Store store, long number) => store.ReadCatalog(connection =>
    {
        CatalogSeals.Check(connection, CatalogSeals.Version, CatalogSeals.Alias);
        long active = ActiveNumber(connection);
        ModelVersion? version = null;
        Catalog.Query(
            connection, "SELECT number, name, created_at, manifest FROM version WHERE number = $n",
            row => version = Read(row, active), ("$n", number));
        return version;
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
        write.PublishVersion(temporaryPath, version.Number, connection =>
        {
            Catalog.Run(
                connection, "INSERT INTO version VALUES ($n, $parent, $name, $at, $m)",
                ("$n", version.Number),
                ("$parent", version.Parent), ("$name", version.Name),
                ("$at", version.CreatedAt.ToString("O", CultureInfo.InvariantCulture)),
                ("$m", version.Manifest));
            foreach (ArtifactRecord a in version.Artifacts)
            {
                Catalog.Run(
                    connection, "INSERT INTO artifact VALUES ($v, $n, $k, $f, $l, $c, $d)",
                    ("$v", version.Number),
                    ("$n", a.Name), ("$k", a.Kind), ("$f", a.File), ("$l", a.Length),
                    ("$c", (long)a.HeaderCrc),
                    ("$d", a.Digest.ToString("x16", CultureInfo.InvariantCulture)));
            }
            if (makeActive) MoveActive(connection, version.Number);
        });
    }

    /// <summary>
    /// The version to go back to: the parent of the active one, so that going back again goes further.
    /// </summary>
    public static long ParentOfActive(Store store)
    {
        store.EnsureExists();
        store.EnsureWritable(); // Asked only to write.
        return store.ReadCatalog(connection =>
        {
            object? parent = Catalog.Scalar(
                connection, "SELECT parent FROM version WHERE number = $n", ("$n", ActiveNumber(connection)));
            return parent is long number and > 0
                ? number
                : throw new EmbedEngineException(
                    ErrorCode.Unknown,
                    $"{store.Path}: the active version has no parent; name a version with --to");
        });
    }

    /// <summary>Makes an existing version the active one, in one transaction.</summary>
    public static void Activate(Store store, long number)
    {
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        write.Commit(connection =>
        {
            RequireVersion(connection, store.Path, number);
            MoveActive(connection, number);
        });
    }

    /// <summary>Every alias with its version.</summary>
    public static Dictionary<string, long> Aliases(Store store) => store.ReadCatalog(connection =>
    {
        CatalogSeals.Check(connection, CatalogSeals.Alias);
        var aliases = new Dictionary<string, long>();
        Catalog.Query(
            connection, "SELECT name, version FROM alias ORDER BY name",
            r => aliases[r.GetString(0)] = r.GetInt64(1));
        return aliases;
    });

    /// <summary>Makes or moves an alias other than active.</summary>
    public static void SetAlias(Store store, string alias, long version)
    {
        CheckAlias(alias);
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        write.Commit(connection =>
        {
            RequireVersion(connection, store.Path, version);
            MoveAlias(connection, alias, version);
        });
    }

    /// <summary>Removes an alias other than active.</summary>
    public static void RemoveAlias(Store store, string alias)
    {
        CheckAlias(alias);
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        write.Commit(connection =>
        {
            if (Catalog.Scalar(connection, "SELECT 1 FROM alias WHERE name = $a", ("$a", alias)) is null)
                throw new EmbedEngineException(
                    ErrorCode.Unknown, $"{store.Path}: there is no alias '{alias}'");
            Catalog.Run(connection, "DELETE FROM alias WHERE name = $a", ("$a", alias));
        });
    }

    /// <summary>A number, an alias, or the newest version of a name.</summary>
    public static long Resolve(Store store, string text) => store.ReadCatalog(connection =>
    {
        CatalogSeals.Check(connection, CatalogSeals.Version, CatalogSeals.Alias);
        object? found = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? Catalog.Scalar(connection, "SELECT number FROM version WHERE number = $n", ("$n", number))
            : Catalog.Scalar(connection, "SELECT version FROM alias WHERE name = $t", ("$t", text))
                ?? Catalog.Scalar(
                    connection, "SELECT number FROM version WHERE name = $t ORDER BY number DESC LIMIT 1",
                    ("$t", text));
        return (long)(found ?? throw new EmbedEngineException(
            ErrorCode.Unknown, $"{store.Path}: no version, alias or name '{text}'"));
    });

    /// <summary>The version and its ancestors, as far as they still exist.</summary>
    public static List<long> Lineage(Store store, long version) => store.ReadCatalog(connection =>
    {
        CatalogSeals.Check(connection, CatalogSeals.Version);
        var line = new List<long>();
        long next = version;
        while (next > 0 && !line.Contains(next)
            && Catalog.Scalar(connection, "SELECT parent FROM version WHERE number = $n",
                ("$n", next)) is long parent)
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
        if (alias == ActiveAlias)
            throw new ArgumentException("'active' is moved by publish and rollback", nameof(alias));
        if (alias.All(char.IsAsciiDigit))
            throw new ArgumentException("a number cannot be an alias", nameof(alias));
    }

    private static void RequireVersion(SqliteConnection connection, string path, long number)
    {
        if (Catalog.Scalar(connection, "SELECT 1 FROM version WHERE number = $n", ("$n", number)) is null)
            throw new EmbedEngineException(ErrorCode.Unknown, $"{path}: there is no version {number}");
    }

    private static void MoveActive(SqliteConnection connection, long number) =>
        MoveAlias(connection, ActiveAlias, number);

    private static void MoveAlias(SqliteConnection connection, string alias, long number) => Catalog.Run(
        connection,
        """
        INSERT INTO alias (name, version) VALUES ($a, $n)
        ON CONFLICT (name) DO UPDATE SET version = excluded.version
        """,
        ("$a", alias), ("$n", number));

    private static long ActiveNumber(SqliteConnection connection) => (long)(Catalog.Scalar(
        connection, "SELECT version FROM alias WHERE name = $a", ("$a", ActiveAlias)) ?? 0L);

    private static ModelVersion Read(SqliteDataReader row, long active) => Manifest.Describe(
        row.GetString(3), row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(0) == active);
}
