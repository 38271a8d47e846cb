// A directory with a store in it for one test: input files, small fast trainings, and snapshots that tell
// whether anything on disk has changed.

using System.Security.Cryptography;
using System.Text;
using EmbedEngine.Cli.Generation;

namespace EmbedEngine.Tests;

internal sealed class StoreScratch : IDisposable
{
    // In memory where the system offers it: these tests commit thousands of times, and what they check does
    // not depend on how long an fsync takes.
    private static string Base => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public StoreScratch() => Directory.CreateDirectory(Root);

    public string Root { get; } = Path.Combine(Base, "ee-store-" + Guid.NewGuid().ToString("N"));

    public string Store => Path.Combine(Root, "shop.ee");

    /// <summary>Training that takes milliseconds and still makes every artifact.</summary>
    public static TrainOptions Tiny(
        ulong seed = 1, bool publish = true, int threads = 1, long? untilMs = null, string? name = null,
        params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["dimensions"] = "8", ["epochs"] = "2", ["m"] = "4", ["ef_construction"] = "16",
            ["negative_samples"] = "4",
            ["svd_rank"] = "8", ["ranker_requests"] = "200", ["ranker_trees"] = "4",
        };
        foreach ((string key, string value) in settings) all[key] = value;
        return new TrainOptions
        {
            Preset = TrainPreset.Fast, Settings = all, Seed = seed, Deterministic = true, Threads = threads,
            Publish = publish, UntilMs = untilMs, Name = name,
        };
    }

    /// <summary>
    /// Training with fewer files and calls still: for tests that repeat it for every call it makes. With the
    /// large counts it is <see cref="Tiny"/>, which makes everything.
    /// </summary>
    public static TrainOptions Least(ulong seed = 1) => TestScale.Full ? Tiny(seed)
        : Tiny(seed, settings: [("ranker", "0"), ("method", "item2vec")]);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Root, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>A generated log in OTTO's JSONL.</summary>
    public string Shop(string name, long events, int items, ulong seed = 1)
    {
        string path = Path.Combine(Root, name);
        using var writer = new StreamWriter(path);
        new SyntheticShop(items, seed).WriteEvents(writer, events, _ => { });
        return path;
    }

    public Engine Open() => Engine.Open(Store);

    /// <summary>A store with one import and one version, closed again.</summary>
    public void MakeTrained(long events = 1500, int items = 60, ulong seed = 1) =>
        MakeTrained(events, items, Tiny(seed));

    /// <summary>As the other, trained with the options and their seed.</summary>
    public void MakeTrained(long events, int items, TrainOptions options)
    {
        using Engine engine = Open();
        engine.Import(
            EventSource.OttoJsonl(Shop($"shop-{options.Seed}.jsonl", events, items, options.Seed)));
        engine.Train(options);
    }

    /// <summary>
    /// Relative path → content hash of every file; SQLite's side files come and go with readers.
    /// </summary>
    public static SortedDictionary<string, string> Snapshot(string directory)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!Directory.Exists(directory)) return files;
        foreach (string entry in Directory.EnumerateFileSystemEntries(
            directory, "*", SearchOption.AllDirectories))
        {
            if (entry.EndsWith("-wal", StringComparison.Ordinal)
                || entry.EndsWith("-shm", StringComparison.Ordinal))
                continue;
            files[Path.GetRelativePath(directory, entry)] = Directory.Exists(entry)
                ? "directory" : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(entry)));
        }
        return files;
    }

    public SortedDictionary<string, string> Snapshot() => Snapshot(Store);

    /// <summary>The answers to a few sessions: equal only for equal models.</summary>
    public static string Answers(Engine engine)
    {
        var text = new StringBuilder();
        var results = new RecommendedItem[10];
        for (long item = 0; item < 12; item++)
        {
            RecommendResult answer =
                engine.Recommend([new SessionEvent(item), new SessionEvent(item + 3)], results);
            foreach (RecommendedItem r in results.AsSpan(0, answer.Count))
                text.Append($"{r.Item}:{r.Score:R} ");
            // What is served may not depend on the seed; vectors do.
            answer = engine.Recommend([new SessionEvent(item)], results, new RecommendOptions {
                Source = CandidateSourceKind.Item2Vec });
            foreach (RecommendedItem r in results.AsSpan(0, answer.Count))
                text.Append($"{r.Item}:{r.Score:R} ");
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Digest of every artifact, as the manifest has it.</summary>
    public static string Digests(ModelVersion version)
    {
        using var json = System.Text.Json.JsonDocument.Parse(version.Manifest);
        return string.Join('\n', json.RootElement.GetProperty("artifacts").EnumerateArray()
            .Select(a => $"{a.GetProperty("name").GetString()} {a.GetProperty("digest").GetString()}"));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
