// `verify [--full]`: every file the catalog names is there, has the length and header it was published with, and (full)
// every byte agrees with its checksums and every graph is whole. It reports all faults instead of stopping at the first,
// and changes nothing.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines;

/// <summary>Checks a store against its catalog.</summary>
internal sealed class StoreVerifier(Store store, bool full, ProgressScope progress)
{
    private readonly List<StoreFault> _faults = [];
    private long _files;
    private long _bytes;

    private sealed record NamedFile(string Path, string? Kind, long Length, long HeaderCrc, string Digest, string Name);

    public VerifyReport Run()
    {
        store.EnsureExists();
        List<NamedFile> files = store.ReadCatalog(NamedFiles);
        string? integrity = store.ReadCatalog(c => Catalog.Scalar(c, "PRAGMA integrity_check") as string);
        if (integrity != "ok") _faults.Add(new StoreFault(Catalog.FileName, integrity ?? "no answer from integrity_check"));
        progress.Begin("verify", files.Sum(f => f.Length), "bytes");
        foreach (NamedFile file in files)
        {
            _files++;
            try
            {
                if (file.Kind is null) CheckSegment(file);
                else CheckArtifact(file);
            }
            catch (EmbedEngineException e) when (e.Code != ErrorCode.Cancelled)
            {
                _faults.Add(new StoreFault(Path.GetRelativePath(store.Path, file.Path), e.Message));
            }
            progress.Add(file.Length);
            progress.Poll();
        }
        progress.End();
        return new VerifyReport { Files = _files, Bytes = _bytes, Faults = _faults };
    }

    private List<NamedFile> NamedFiles(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        var files = new List<NamedFile>();
        Catalog.Query(connection, "SELECT file, length FROM segment ORDER BY id", r => files.Add(new NamedFile(
            Path.Combine(store.EventsDirectory, r.GetString(0)), null, r.GetInt64(1), 0, "", r.GetString(0))));
        Catalog.Query(
            connection, "SELECT version, file, kind, length, header_crc, digest, name FROM artifact ORDER BY version, name",
            r => files.Add(new NamedFile(
                Path.Combine(store.VersionDirectory(r.GetInt64(0)), r.GetString(1)), r.GetString(2), r.GetInt64(3),
                r.GetInt64(4), r.GetString(5), r.GetString(6))));
        return files;
    }

    private void CheckSegment(NamedFile file)
    {
        using EventSegmentReader reader = EventSegmentReader.Open(store.FileSystem, file.Path);
        CheckLength(file, reader.Length);
        if (!full) return;
        _bytes += reader.Length;
        var block = new SegmentBlock();
        while (reader.TryReadBlock(block)) progress.ThrowIfCancelled();
    }

    private void CheckArtifact(NamedFile file)
    {
        VerifyLevel level = full ? VerifyLevel.Full : VerifyLevel.Header;
        using ArtifactFile artifact = ArtifactFile.Open(store.FileSystem, file.Path, file.Kind!, level);
        CheckLength(file, artifact.Length);
        if (artifact.HeaderCrc != (uint)file.HeaderCrc)
        {
            throw new CorruptFileException(
                file.Path, ArtifactFormat.HeaderBytes - 4, $"the published header crc {file.HeaderCrc:x8}",
                $"{artifact.HeaderCrc:x8}");
        }
        if (!full) return;
        _bytes += artifact.Length;
        if (file.Kind == ArtifactKind.Hnsw) CheckGraph(file, artifact);
    }

    private void CheckGraph(NamedFile file, ArtifactFile artifact)
    {
        // hnsw-<space>-<side> lies beside vectors-<space>.
        string[] parts = file.Name.Split('-');
        string space = string.Join('-', parts[1..^1]);
        string vectorsPath = Path.Combine(
            Path.GetDirectoryName(file.Path)!, ArtifactNames.Vectors(space) + ArtifactNames.Extension);
        using VectorTable vectors = VectorTable.Open(store.FileSystem, vectorsPath, VerifyLevel.Header);
        RowMatrix rows = parts[^1] == VectorSpace.OutSide ? vectors.Out : vectors.In;
        HnswValidator.Check(HnswIndex.Open(artifact, rows, vectors.Digest));
    }

    private static void CheckLength(NamedFile file, long found)
    {
        if (found != file.Length)
            throw new CorruptFileException(file.Path, 0, $"{file.Length} bytes as published", $"{found}");
    }
}
