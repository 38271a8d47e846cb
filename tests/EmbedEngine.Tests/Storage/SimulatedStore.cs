// A store whose files are simulated and whose catalog is real, with what the tests of crashes ask of it: a
// copy, a copy after a power cut, and a text that says all a user can see of it.

using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Tests.Storage;

internal sealed class SimulatedStore : IDisposable
{
    private static int _next;

    private SimulatedStore(string path, SimulatedFileSystem files) => (Path, Files) = (path, files);

    public string Path { get; }

    public SimulatedFileSystem Files { get; }

    public static SimulatedStore New(StoreScratch scratch)
    {
        string path = NextPath(scratch.Root);
        Directory.CreateDirectory(path);
        return new SimulatedStore(path, new SimulatedFileSystem(path));
    }

    public SimulatedStore Clone() => Copy(Files.Clone);

    public SimulatedStore PowerCut(int seed) => Copy(path => Files.PowerCut(seed, path));

    public Engine Open(VerifyLevel verify = VerifyLevel.Header) =>
        Engine.OpenOn(Files, Path, new EngineOptions { Verify = verify });

    public void Run(Action<Engine> body)
    {
        using Engine engine = Open();
        body(engine);
    }

    /// <summary>
    /// Versions with digests, active, aliases, every event, the answers. With <paramref name="order"/> the
    /// corpus as training sees it, in order; else the events as a set, those in live logs among them.
    /// </summary>
    public string Dump(bool order)
    {
        var text = new StringBuilder();
        using Engine engine = Open(VerifyLevel.Full);
        Assert.Null(engine.Problem);
        VerifyReport verified = engine.Verify(full: true);
        Assert.True(verified.Faults.Count == 0, string.Join('\n', verified.Faults));
        foreach (ModelVersion v in engine.Versions())
        {
            text.Append($"version {v.Number} {v.Name} {v.IsActive}\n{StoreScratch.Digests(v)}\n");
            engine.OpenModel(v.Number).Dispose();
        }
        foreach (AttributeInfo attribute in engine.Attributes()) text.Append($"{attribute}\n");
        for (int item = 0; item < 12; item++)
            text.Append($"{item} {string.Join(' ', engine.AttributesOf($"{item}"))}\n");
        foreach ((string alias, long version) in engine.Aliases()) text.Append($"alias {alias} {version}\n");
        if (engine.Model is not null) text.Append(StoreScratch.Answers(engine));
        return text.Append(order ? DumpCorpus(Files, Path) : DumpEvents()).ToString();
    }

    /// <summary>Names that no catalog row has.</summary>
    public IEnumerable<string> Orphans()
    {
        var store = new Store(Files, Path);
        HashSet<string> segments = [.. EventLog.Segments(store).Select(s => "events/" + s.File)];
        HashSet<string> versions =
            [.. VersionCatalog.List(store)
                .Select(v => "versions/" + StoreNames.Version(v.Number) + "/")];
        return Files.AllNames().Where(n => !segments.Contains(n)
            && !(n.StartsWith("attributes/", StringComparison.Ordinal)
                && StoreNames.IsAttributeFile(n["attributes/".Length..], out long number)
                && number == AttributeStore.Newest(store))
            && !n.StartsWith("events/live-", StringComparison.Ordinal) && !versions.Any(n.StartsWith));
    }

    /// <summary>The corpus, session by session, with keys.</summary>
    public static string DumpCorpus(FileSystem files, string path)
    {
        var store = new Store(files, path);
        StoreKeys keys = StoreKeys.Load(store);
        SessionCorpus c = SessionCorpus.Load(
            files, [.. EventLog.Segments(store)
                .Select(s => System.IO.Path.Combine(store.EventsDirectory, s.File))],
            new ProgressScope(null, default));
        var text = new StringBuilder();
        for (int s = 0; s < c.SessionCount; s++)
        {
            text.Append($"session {c.SessionKey(s)} of {c.Users[s]}:");
            for (long e = c.Offsets[s]; e < c.Offsets[s + 1]; e++)
                text.Append($" {keys.Items.KeyString(c.Items[e])}/{c.Actions[e]}@{c.TimesMs[e]}");
            text.Append('\n');
        }
        return text.ToString();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string NextPath(string root) =>
        System.IO.Path.Combine(root, $"sim-{Interlocked.Increment(ref _next)}.ee");

    private SimulatedStore Copy(Func<string, SimulatedFileSystem> files)
    {
        string path = NextPath(System.IO.Path.GetDirectoryName(Path)!);
        Directory.CreateDirectory(path);
        foreach (string file in Directory.EnumerateFiles(Path, CatalogFile.FileName + "*"))
            File.Copy(file, System.IO.Path.Combine(path, System.IO.Path.GetFileName(file)));
        return new SimulatedStore(path, files(path));
    }

    private string DumpEvents() => string.Concat(LoggedEvents.Of(Files, Path).Order(StringComparer.Ordinal));
}
