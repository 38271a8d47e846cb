namespace EmbedEngine.Cli.Output;

/// <summary>Where <c>--out</c> means standard output: the file is what it holds, and nothing else.</summary>
internal static class StandardOutput
{
    /// <summary>Whether a path is standard output by any of its names, - among them.</summary>
    public static bool IsMeantBy(string path) =>
        path is "-" or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <summary>The path to hand on.</summary>
    public static string Resolve(string path) => path == "-" ? "/dev/stdout" : path;
}
