// Who is in which arm. All units fall into 10,000 buckets by a published hash of salt and key; the store
// keeps which bucket is whose. Setting other shares moves buckets from arms that have too many to those that
// have too few, and none besides: no split of these shares can move fewer users. docs/online.md.

using System.Globalization;
using System.Text;
using System.Text.Json;
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

    /// <summary>The store's split; null = there is none.</summary>
    public static Split? Read(CatalogReader catalog)
    {
        if (MetaTable.Get(catalog, MetaTable.Experiment) is not string text) return null;
        using JsonDocument json = JsonDocument.Parse(text);
        JsonElement root = json.RootElement;
        var names = new List<string>();
        var aliases = new List<string>();
        var armOf = new sbyte[UnitHash.Buckets];
        Array.Fill(armOf, Nobodys);
        foreach (JsonElement arm in root.GetProperty("arms").EnumerateArray())
        {
            if (names.Count == MostArms) throw new FormatException("an experiment of too many arms");
            foreach (string run in Text(arm, "buckets").Split(','))
            {
                string[] ends = run.Split('-');
                int from = int.Parse(ends[0], CultureInfo.InvariantCulture);
                int to = int.Parse(ends[^1], CultureInfo.InvariantCulture);
                if (from < 0 || to < from || to >= armOf.Length)
                    throw new FormatException($"buckets {run} of an experiment");
                armOf.AsSpan(from, to - from + 1).Fill((sbyte)names.Count);
            }
            names.Add(Text(arm, "name"));
            aliases.Add(Text(arm, "alias"));
        }
        if (names.Count == 0) throw new FormatException("an experiment without arms");
        return new Split(
            Text(root, "salt"), root.GetProperty("since_ms").GetInt64(), [.. names],
            [.. aliases], armOf);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()
        ?? throw new FormatException($"an experiment without {name}");

    /// <summary>Keeps it in the catalog.</summary>
    public void Write(CatalogWriter catalog)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("salt", Salt);
            json.WriteNumber("since_ms", SinceMs);
            json.WriteStartArray("arms");
            for (int a = 0; a < Names.Length; a++)
            {
                json.WriteStartObject();
                json.WriteString("name", Names[a]);
                json.WriteString("alias", Aliases[a]);
                json.WriteString("buckets", Runs(a));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        MetaTable.Set(catalog, MetaTable.Experiment, Encoding.UTF8.GetString(stream.ToArray()));
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
    /// <param name="nowMs">When it begins.</param>
    /// <param name="before">The one there is; of another salt it says nothing.</param>
    public static Split Parse(string text, string? salt, long nowMs, Split? before)
    {
        salt ??= before?.Salt ?? "";
        if (Encoding.UTF8.GetByteCount(salt) > MostSaltBytes)
            throw new ArgumentException($"the salt has more than {MostSaltBytes} bytes", nameof(salt));
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > MostArms)
            throw new ArgumentException($"{parts.Length} arms are more than {MostArms}", nameof(text));
        var names = new string[parts.Length];
        var aliases = new string[parts.Length];
        var wanted = new int[parts.Length];
        int sum = 0;
        for (int a = 0; a < parts.Length; a++)
        {
            (names[a], aliases[a], wanted[a]) = ParseArm(parts[a]);
            if (Array.IndexOf(names, names[a]) < a)
                throw new ArgumentException($"the arm '{names[a]}' is there twice", nameof(text));
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
        return new Split(salt, nowMs, names, aliases, armOf);
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
            throw new ArgumentException($"'{part}' is not name=alias:percent");
        (string name, string alias) = (part[..equals], part[(equals + 1)..colon]);
        if (Encoding.UTF8.GetByteCount(name) > MostNameBytes)
            throw new ArgumentException($"the arm '{name}' has more than {MostNameBytes} bytes");
        bool number = double.TryParse(
            part.AsSpan(colon + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double percent);
        double buckets = Math.Round(percent * 100);
        if (!number || percent is < 0.01 or > 100 || Math.Abs(percent * 100 - buckets) > 1e-6)
            throw new ArgumentException(
                $"the share '{part[(colon + 1)..]}' of '{name}' is not 0.01 to 100 percent in steps of 0.01");
        return (name, alias, (int)buckets);
    }

    private string Runs(int arm)
    {
        var text = new StringBuilder();
        for (int b = 0; b < _armOf.Length; b++)
        {
            if (_armOf[b] != arm) continue;
            int from = b;
            while (b + 1 < _armOf.Length && _armOf[b + 1] == arm) b++;
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{from}-{b}");
        }
        return text.ToString();
    }
}
