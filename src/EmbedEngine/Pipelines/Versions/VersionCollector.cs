// `collect`: removes versions nobody needs. A version stays when it is active, has an alias, is among the
// newest n, or is leased by a reader in any process. Catalog rows go first (one transaction a version), files
// after: a kill in between leaves an orphan directory that the next writer sweeps.

using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>Removes old versions.</summary>
internal static class VersionCollector
{
    /// <summary>Collects and tells what became of each candidate.</summary>
    public static CollectReport Run(Store store, int keep)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        store.EnsureExists();
        using WriteSession write = store.BeginWrite();
        List<long> candidates = Candidates(store, keep);
        var collected = new List<long>();
        var leased = new List<long>();
        foreach (long version in candidates)
        {
            bool free = ReaderLease.TryExclusive(store.Path, version, () => Remove(write, version));
            if (free) ReaderLease.Remove(store.Path, version);
            (free ? collected : leased).Add(version);
        }
        return new CollectReport { Collected = collected, Leased = leased };
    }

    private static List<long> Candidates(Store store, int keep) => store.ReadCatalog(catalog =>
    {
        HashSet<long> named = [.. VersionAliasTable.All(catalog).Values];
        IEnumerable<long> newestFirst = VersionTable.Numbers(catalog).OrderDescending();
        return newestFirst.Skip(keep).Where(v => !named.Contains(v)).ToList();
    });

    private static void Remove(WriteSession write, long version)
    {
        try
        {
            Commit();
        }
        catch (EmbedEngineException e) when (CatalogConnection.IsFullDisk(e, write.Store.Path))
        {
            // On a full disk the commit has no room until the files give theirs. A kill in between leaves a
            // version without files, which nothing serves and the next collect removes.
            DeleteFiles();
            Commit();
            return;
        }
        DeleteFiles();

        void DeleteFiles()
        {
            // Gone already where a collect on a full disk was killed before its commit.
            string directory = write.Store.VersionDirectory(version);
            if (write.Store.FileSystem.DirectoryExists(directory))
                write.Store.FileSystem.DeleteDirectory(directory);
        }

        void Commit() => write.Commit(catalog => VersionCatalog.Remove(catalog, version));
    }
}
