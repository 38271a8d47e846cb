// One import: source -> rows -> sessions -> one finished segment file, or nothing at all.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions;

/// <summary>Runs imports.</summary>
internal static class EventImporter
{
    public static ImportReport Run(
        EventSource source, ImportOptions options, KeyDictionary items, KeyDictionary users, ActionTable actions,
        FileSystem fs, string segmentPath, string tempDirectory, ProgressScope progress,
        ItemMetadataHandler? metadata = null) =>
        throw new NotImplementedException($"{source}{options}{items}{users}{actions}{fs}{segmentPath}{tempDirectory}{progress}{metadata}");
}
