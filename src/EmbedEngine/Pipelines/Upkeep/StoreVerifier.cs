// `verify [--full]`: every file the catalog names is there, has the length and header it was published with,
// and (full) every byte agrees with its checksums and every graph is whole. It reports all faults instead of
// stopping at the first, and changes nothing.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Upkeep;

/// <summary>Checks a store against its catalog.</summary>
internal sealed class StoreVerifier(Store store, bool full, ProgressScope progress)
{
    private readonly List<StoreFault> _faults = [];
    private long _files;
    private long _bytes;

    private sealed record NamedFile(string Path, string? Kind, long Length, uint HeaderCrc, string Name);

    private const int MaxPasses = 10;

    public VerifyReport Run()
    {
        store.EnsureExists();
        CheckCatalog();
        CheckLiveLogs();
        CheckAnswerLogs();
        CheckCatalogue();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // Writers go on: a file that is gone and no longer named is no fault, and one named meanwhile is
        // checked too.
        for (int pass = 0; pass < MaxPasses; pass++)
        {
            List<NamedFile> files;
            try
            {
                files = store.ReadCatalog(NamedFiles).FindAll(f => seen.Add(f.Path));
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.Corrupt)
            {
                _faults.Add(new StoreFault(CatalogFile.FileName, e.Message));
                break;
            }
            if (files.Count == 0) break;
            progress.Begin("verify", files.Sum(f => f.Length), "bytes");
            foreach (NamedFile file in files)
            {
                Check(file);
                progress.Add(file.Length);
                progress.Poll();
            }
            progress.End();
        }
        return new VerifyReport { Files = _files, Bytes = _bytes, Faults = _faults };
    }

    /// <summary>
    /// Throws where a file of one version is not the one that was published, by its header; for publishing
    /// again.
    /// </summary>
    public void CheckVersion(long version)
    {
        string directory = store.VersionDirectory(version);
        foreach (NamedFile file in store.ReadCatalog(NamedFiles))
        {
            if (file.Kind is not null && Path.GetDirectoryName(file.Path) == directory) CheckArtifact(file);
        }
    }

    private void Check(NamedFile file)
    {
        try
        {
            if (file.Kind is null) CheckSegment(file);
            else CheckArtifact(file);
            _files++;
        }
        catch (EmbedEngineException e)
        {
            // Compacted, forgotten or collected between listing and opening: not part of the store any more.
            if (!store.ReadCatalog(NamedFiles).Exists(f => f.Path == file.Path)) return;
            _files++;
            _faults.Add(new StoreFault(Path.GetRelativePath(store.Path, file.Path), e.Message));
        }
    }

    /// <summary>
    /// What SQLite finds, and each table against its seal; the dictionaries, which are long, in full only.
    /// </summary>
    private void CheckCatalog()
    {
        Try(catalog =>
        {
            string? said = CatalogFile.IntegrityCheck(catalog);
            if (said != CatalogFile.Sound)
                throw new EmbedEngineException(ErrorCode.Corrupt, said ?? "no answer from integrity_check");
        });
        foreach (CatalogTable table in CatalogTables.Small) Try(c => CatalogSeals.Check(c, table));
        if (!full) return;
        foreach (CatalogTable table in CatalogTables.Dictionaries) Try(c => CatalogSeals.Check(c, table));

        void Try(Action<CatalogReader> check)
        {
            try
            {
                store.ReadCatalog(c =>
                {
                    check(c);
                    return 0;
                });
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.Corrupt)
            {
                _faults.Add(new StoreFault(CatalogFile.FileName, e.Message));
            }
        }
    }

    /// <summary>No catalog row names them: what lies there is asked.</summary>
    private void CheckLiveLogs()
    {
        if (!store.FileSystem.DirectoryExists(store.EventsDirectory)) return;
        IReadOnlyList<string> names = store.FileSystem.List(store.EventsDirectory);
        foreach (string name in names.Where(StoreNames.IsDamagedLiveLog))
        {
            _faults.Add(new StoreFault(
                $"{StoreNames.Events}/{name}",
                "a live log that could not be read and was set aside; its events are not in the log. Delete "
                + "it when you need it no more"));
        }
        foreach (string name in store.LiveLogs())
        {
            try
            {
                using MappedFile file = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
                LiveLog.Read(file, 0, []);
                _files++;
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format)
            {
                _faults.Add(new StoreFault($"{StoreNames.Events}/{name}", e.Message));
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.NotFound)
            {
                // Adopted and gone since it was listed.
            }
        }
    }

    /// <summary>No catalog row names them either.</summary>
    private void CheckAnswerLogs()
    {
        foreach (string name in store.AnswerLogs())
        {
            try
            {
                using MappedFile file = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
                AnswerLog.Read(file, static (in AnswerRecord _) => { }, at => _faults.Add(new StoreFault(
                    $"{StoreNames.Events}/{name}", $"the record at byte {at} is damaged")));
                _files++;
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format)
            {
                _faults.Add(new StoreFault(
                    $"{StoreNames.Events}/{name}", $"{e.Message}; delete it when you need it no more"));
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.NotFound)
            {
                // Folded and gone since it was listed.
            }
        }
    }

    /// <summary>Its newest base file is what counts; no catalog row names it.</summary>
    private void CheckCatalogue()
    {
        for (int attempt = 0; attempt < MaxPasses; attempt++)
        {
            if (AttributeStore.Newest(store) is not { } number) return;
            string path = Path.Combine(store.AttributesDirectory, StoreNames.AttributeBase(number));
            try
            {
                StoreLinks.Refuse(path);
                using AttributeFile file = AttributeFile.Open(
                    store.FileSystem, path, full ? VerifyLevel.Full : VerifyLevel.Header);
                (_files, _bytes) = (_files + 1, _bytes + (full ? file.Length : 0));
                path = Path.Combine(store.AttributesDirectory, StoreNames.AttributeLog(number));
                StoreLinks.Refuse(path);
                if (store.FileSystem.FileExists(path) && store.FileSystem.FileLength(path) > 0)
                {
                    using MappedFile log = store.FileSystem.Map(path);
                    AttributeLog.Read(
                        log, number, 0,
                        [.. file.Columns.Select(c => new AttributeDefinition(c.Name, c.Type))], []);
                    _files++;
                }
                return;
            }
            catch (EmbedEngineException e)
            {
                // Folded into a newer one since it was listed.
                if (AttributeStore.Newest(store) != number) continue;
                _faults.Add(new StoreFault(Path.GetRelativePath(store.Path, path), e.Message));
                return;
            }
        }
    }

    private List<NamedFile> NamedFiles(CatalogReader catalog) =>
    [
        .. SegmentTable.All(catalog).Select(s => new NamedFile(
            Path.Combine(store.EventsDirectory, s.File), null, s.Length, 0, s.File)),
        .. ArtifactTable.All(catalog).Select(a => new NamedFile(
            Path.Combine(store.VersionDirectory(a.Version), a.File), a.Kind, a.Length, a.HeaderCrc, a.Name)),
    ];

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
        if (artifact.HeaderCrc != file.HeaderCrc)
        {
            throw new CorruptFileException(
                file.Path, ArtifactFormat.HeaderBytes - 4, $"the published header crc {file.HeaderCrc:x8}",
                $"{artifact.HeaderCrc:x8}");
        }
        if (!full) return;
        _bytes += artifact.Length;
        if (file.Kind == HnswLayout.FileKind) CheckGraph(file, artifact);
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
