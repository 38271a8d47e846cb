// A store's worth of state for one import test: dictionaries, a directory of its own, and where the real data
// lie.

using System.IO.Compression;
using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Interactions.Reading;

internal sealed class ImportScratch : IDisposable
{
    private int _segments;

    public ImportScratch() => Directory.CreateDirectory(Root);

    public string Root { get; } =
        Path.Combine(Path.GetTempPath(), "ee-import-" + Guid.NewGuid().ToString("N"));

    public KeyDictionary Items { get; } = new();

    public KeyDictionary Users { get; } = new();

    public ActionTable Actions { get; } = new();

    public List<string> Segments { get; } = [];

    public string Temp => Path.Combine(Root, "tmp");

    public static string? RealData(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("EMBEDENGINE_DATA");
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); folder is null && d is not null; d = d.Parent)
        {
            string candidate = Path.Combine(d.FullName, "shared", "data");
            if (Directory.Exists(candidate)) folder = candidate;
        }
        string? path = folder is null ? null : Path.Combine(folder, name);
        return path is not null && File.Exists(path) ? path : null;
    }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Root, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(
            bytes);
        return memory.ToArray();
    }

    public ImportReport Import(string path, ImportOptions? options = null, int sortCapacity = 1 << 20) =>
        Import(EventSource.Auto(path), options, sortCapacity);

    public ImportReport Import(
        EventSource source, ImportOptions? options = null, int sortCapacity = 1 << 20,
        ItemMetadataHandler? sink = null)
    {
        string segment = Path.Combine(Root, $"{++_segments:d6}.eel");
        ImportReport report = SegmentImport.Run(
            source, options ?? new ImportOptions(), Items, Users, Actions, FileSystem.Real, segment, Temp,
            ProgressScope.None, sink, sortCapacity);
        Segments.Add(segment);
        return report;
    }

    public SessionCorpus Load() => SessionCorpus.Load(FileSystem.Real, Segments, ProgressScope.None);

    /// <summary>The corpus as text, item keys spelled out: what two equal imports must agree on.</summary>
    public string Dump()
    {
        SessionCorpus corpus = Load();
        var text = new StringBuilder();
        for (int s = 0; s < corpus.SessionCount; s++)
        {
            text.Append(corpus.SessionKey(s)).Append(" u=")
                .Append(corpus.Users[s] < 0 ? "-" : Users.KeyString(corpus.Users[s])).Append(':');
            for (long e = corpus.Offsets[s]; e < corpus.Offsets[s + 1]; e++)
            {
                text.Append(' ').Append(Items.KeyString(corpus.Items[e])).Append('/')
                    .Append(Actions.Name(corpus.Actions[e])).Append('@')
                    .Append(corpus.TimesMs[e] == LogEvent.NoTime ? "-" : corpus.TimesMs[e].ToString());
            }
            text.Append('\n');
        }
        return text.ToString();
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
