// Where the real data for development lies, if it does: EMBEDENGINE_DATA, or shared/data beside the project.

using System.Runtime.CompilerServices;

namespace EmbedEngine.Tests;

/// <summary>Finds files of real data; tests that need them say so and pass over when they are
/// absent.</summary>
internal static class TestData
{
    /// <summary>The path of a file, or null when the data is not on this machine.</summary>
    public static string? Find(string name)
    {
        string? named = Environment.GetEnvironmentVariable("EMBEDENGINE_DATA");
        if (!string.IsNullOrEmpty(named)) return Existing(Path.Combine(named, name));
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Existing(Path.Combine(at, "shared", "data", name)) is { } found) return found;
        }
        return null;
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}

/// <summary>A test on real data: skipped, with the reason shown, where the file is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealDataFactAttribute : FactAttribute
{
    /// <summary>The files it needs, separated by spaces; the compiler fills in the rest.</summary>
    public RealDataFactAttribute(
        string files, [CallerFilePath] string? sourceFilePath = null,
        [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Files = files;
        string[] missing = files.Split(' ').Where(file => TestData.Find(file) is null).ToArray();
        if (missing.Length > 0) Skip = $"no {string.Join(", ", missing)}: set EMBEDENGINE_DATA";
    }

    public string Files { get; }
}
