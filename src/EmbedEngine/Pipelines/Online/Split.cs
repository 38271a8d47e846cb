// Who is in which arm. All units fall into 10,000 buckets by a published hash of salt and key; the store
// keeps which bucket is whose. Setting other shares moves buckets from arms that have too many to those that
// have too few, and none besides: no split of these shares can move fewer users. docs/online.md.

using System.Globalization;
using System.Text;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Online;

/// <summary>A store's split. Immutable.</summary>
internal sealed class Split
{
    public const int MostArms = 16;
    public const int MostSaltBytes = 64;
    private const int MostNameBytes = 64;
    private const sbyte Nobodys = -1;

    private readonly byte[] _salt;
    private readonly byte[][] _utf8Names;
    private readonly sbyte[] _armOf; // by bucket

    private Split(string salt, long sinceMs, string[] names, string[] aliases, sbyte[] armOf)
    {
        (Salt, SinceMs, Names, Aliases, _armOf) = (salt, sinceMs, names, aliases, armOf);
        _salt = Encoding.UTF8.GetBytes(salt);
        _utf8Names = Array.ConvertAll(names, Encoding.UTF8.GetBytes);
    }

    public string Salt { get; }

    public long SinceMs { get; }

    /// <summary>Names of the arms.</summary>
    public string[] Names { get; }

    /// <summary>The alias of each.</summary>
    public string[] Aliases { get; }

    /// <summary>The arm of a unit by its key's UTF-8; −1 = none.</summary>
    public int ArmOf(ReadOnlySpan<byte> unit) => _armOf[UnitHash.BucketOf(UnitHash.Of(_salt, unit))];

    /// <summary>An arm's name.</summary>
    public ReadOnlySpan<byte> Utf8Name(int arm) => arm < 0 ? default : _utf8Names[arm];

    /// <summary>Buckets of an arm.</summary>
    public int BucketsOf(int arm)
    {
        int count = 0;
        foreach (sbyte a in _armOf) count += a == arm ? 1 : 0;
        return count;
    }

    /// <summary>The store's split, null = there is none; and its aliases with their versions.</summary>
    public static (Split? Split, Dictionary<string, long> Aliases) Read(Store store)
    {
        Split? split = null;
        Dictionary<string, long> aliases = store.ReadCatalog(catalog =>
        {
            CatalogSeals.Check(catalog, MetaTable.Table, VersionAliasTable.Table);
            split = Read(catalog);
            return VersionAliasTable.All(catalog);
        });
        return (split, aliases);
    }

    /// <summary>The catalog's split; null = there is none.</summary>
    /// <exception cref="EmbedEngineException">Corrupt: what is there is none.</exception>
    public static Split? Read(CatalogReader catalog)
    {
        if (MetaTable.Get(catalog, MetaTable.Experiment) is not string text) return null;
        try
        {
            return OfText(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new EmbedEngineException(
                ErrorCode.Corrupt,
                $"{catalog.File}: the experiment cannot be read: `embedengine ab STORE --end` removes it, "
                + "--set puts another in its place", e);
        }
    }

    private static Split OfText(string text)
    {
        // Since when, salt; then of each arm name, alias and buckets.
        string[] lines = text.Split('\n');
        int arms = (lines.Length - 2) / 3;
        if (arms is < 1 or > MostArms || lines.Length != 2 + 3 * arms)
            throw new FormatException("what is no experiment");
        var armOf = new sbyte[UnitHash.Buckets];
        Array.Fill(armOf, Nobodys);
        var (names, aliases) = (new string[arms], new string[arms]);
        for (int a = 0; a < arms; a++)
        {
            (names[a], aliases[a]) = (lines[2 + 3 * a], lines[3 + 3 * a]);
            foreach (string run in lines[4 + 3 * a].Split(','))
            {
                string[] ends = run.Split('-');
                int from = int.Parse(ends[0], CultureInfo.InvariantCulture);
                int to = int.Parse(ends[^1], CultureInfo.InvariantCulture);
                if (from < 0 || to < from || to >= armOf.Length)
                    throw new FormatException("buckets of no experiment");
                armOf.AsSpan(from, to - from + 1).Fill((sbyte)a);
            }
        }
        return new Split(
            lines[1], long.Parse(lines[0], CultureInfo.InvariantCulture), names, aliases, armOf);
    }

    /// <summary>Keeps it in the catalog.</summary>
    public void Write(CatalogWriter catalog)
    {
        string text = SinceMs.ToString(CultureInfo.InvariantCulture) + "\n" + Salt;
        for (int a = 0; a < Names.Length; a++) text += "\n" + Names[a] + "\n" + Aliases[a] + "\n" + Runs(a);
        MetaTable.Set(catalog, MetaTable.Experiment, text);
    }

    /// <summary>For callers, with the versions of the aliases.</summary>
    public Experiment Report(Dictionary<string, long> aliases) => new()
    {
        Salt = Salt, SinceMs = SinceMs,
        Arms = Array.ConvertAll(Enumerable.Range(0, Names.Length), a => new ExperimentArm
        {
            Name = Names[a], Alias = Aliases[a], Share = BucketsOf(a) * 100.0 / UnitHash.Buckets,
            Version = aliases.GetValueOrDefault(Aliases[a]),
        }),
    };

    /// <summary>A split by text, which moves as little as it can of another.</summary>
    /// <param name="text"><c>name=alias:percent</c>, with commas between.</param>
    /// <param name="salt">Null = the other's, else "".</param>
    /// <param name="nowMs">When it begins; of one that is the same as before, its beginning stays.</param>
    /// <param name="before">The one there is; of another salt it says nothing.</param>
    public static Split Parse(string text, string? salt, long nowMs, Split? before)
    {
        salt ??= before?.Salt ?? "";
        if (Encoding.UTF8.GetByteCount(salt) > MostSaltBytes || salt.Contains('\n'))
            throw new ArgumentException("the salt has more than 64 bytes, or a line's end", nameof(salt));
        if (text.Contains('\n')) throw new ArgumentException("arms are one line", nameof(text));
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > MostArms)
            throw new ArgumentException("there are more than 16 arms", nameof(text));
        var names = new string[parts.Length];
        var aliases = new string[parts.Length];
        var wanted = new int[parts.Length];
        int sum = 0;
        for (int a = 0; a < parts.Length; a++)
        {
            (names[a], aliases[a], wanted[a]) = ParseArm(parts[a]);
            if (Array.IndexOf(names, names[a]) < a)
                throw new ArgumentException("the arm '" + names[a] + "' is there twice", nameof(text));
            sum += wanted[a];
        }
        if (sum > UnitHash.Buckets)
            throw new ArgumentException(
                $"the shares are {sum / 100.0} % in all, more than 100", nameof(text));
        var armOf = new sbyte[UnitHash.Buckets];
        for (int b = 0; b < armOf.Length; b++)
        {
            int old = before is null || before.Salt != salt ? Nobodys : before._armOf[b];
            armOf[b] = old == Nobodys ? Nobodys : (sbyte)Array.IndexOf(names, before!.Names[old]);
        }
        Move(armOf, wanted);
        // Said again, nothing begins anew: what was measured since stays.
        bool same = before is not null && before.Salt == salt && names.AsSpan().SequenceEqual(before.Names)
            && aliases.AsSpan().SequenceEqual(before.Aliases) && armOf.AsSpan().SequenceEqual(before._armOf);
        return new Split(salt, same ? before!.SinceMs : nowMs, names, aliases, armOf);
    }

    /// <summary>Takes the highest buckets of arms with too many, then gives the lowest free ones.</summary>
    private static void Move(sbyte[] armOf, int[] wanted)
    {
        var missing = (int[])wanted.Clone();
        foreach (sbyte arm in armOf)
        {
            if (arm != Nobodys) missing[arm]--;
        }
        for (int b = armOf.Length - 1; b >= 0; b--)
        {
            if (armOf[b] == Nobodys || missing[armOf[b]] >= 0) continue;
            missing[armOf[b]]++;
            armOf[b] = Nobodys;
        }
        int next = 0;
        for (int b = 0; b < armOf.Length; b++)
        {
            while (next < missing.Length && missing[next] <= 0) next++;
            if (next == missing.Length) return;
            if (armOf[b] != Nobodys) continue;
            armOf[b] = (sbyte)next;
            missing[next]--;
        }
    }

    private static (string Name, string Alias, int Buckets) ParseArm(string part)
    {
        int equals = part.IndexOf('='), colon = part.LastIndexOf(':');
        if (equals < 1 || colon < equals + 2)
            throw new ArgumentException("'" + part + "' is not name=alias:percent");
        (string name, string alias) = (part[..equals], part[(equals + 1)..colon]);
        if (Encoding.UTF8.GetByteCount(name) > MostNameBytes)
            throw new ArgumentException("the arm '" + name + "' has more than 64 bytes");
        bool number = double.TryParse(
            part.AsSpan(colon + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double percent);
        double buckets = Math.Round(percent * 100);
        if (!number || !(percent is >= 0.01 and <= 100) || !(Math.Abs(percent * 100 - buckets) <= 1e-6))
            throw new ArgumentException(
                "the share '" + part[(colon + 1)..] + "' of '" + name
                + "' is not 0.01 to 100 percent in steps of 0.01");
        return (name, alias, (int)buckets);
    }

    private string Runs(int arm)
    {
        string text = "";
        for (int b = 0; b < _armOf.Length; b++)
        {
            if (_armOf[b] != arm) continue;
            int from = b;
            while (b + 1 < _armOf.Length && _armOf[b + 1] == arm) b++;
            text += (text.Length > 0 ? "," : "") + from.ToString(CultureInfo.InvariantCulture) + "-"
                + b.ToString(CultureInfo.InvariantCulture);
        }
        return text;
    }
}
