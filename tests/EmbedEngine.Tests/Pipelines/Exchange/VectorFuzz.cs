using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Pipelines.Exchange;

/// <summary>
/// The reading half of an import of vectors, alone: what fuzzing exercises thousands of times.
/// </summary>
internal static class VectorFuzz
{
    public static void Parse(Model model, string path, VectorFormat format)
    {
        var rows = new VectorRows(path, model.Served.Data.Items, maxErrors: 100, allowUnknown: false);
        var options = new VectorImportOptions { Space = "s", Format = format };
        VectorFile.Read(path, options, rows, ProgressScope.None);
        rows.Finish();
    }
}
