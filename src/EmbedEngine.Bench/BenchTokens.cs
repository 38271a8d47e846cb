// The token file that gensim's corpus_file reads: a session a line, items as whole numbers with blanks
// between. Nothing of a store.

using EmbedEngine.Storage;

namespace EmbedEngine.Bench;

/// <summary>Sessions of one token file in memory; an item's row is its place of first appearance.</summary>
internal sealed record BenchTokens(long[] Offsets, int[] Tokens, long[] Keys)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="EmbedEngineException">It cannot be read, or a word of it is no whole
    /// number.</exception>
    public static BenchTokens Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var offsets = new List<long> { 0 };
        var tokens = new List<int>();
        var keys = new List<long>();
        var rowOf = new Dictionary<long, int>();
        RealFileSystem.Guard(path, "read", () =>
        {
            foreach (string line in File.ReadLines(path))
            {
                ReadOnlySpan<char> text = line;
                foreach (Range word in text.SplitAny(' ', '\t'))
                {
                    if (text[word].IsEmpty) continue;
                    if (!long.TryParse(
                        text[word], System.Globalization.CultureInfo.InvariantCulture, out long key))
                        throw new EmbedEngineException(
                            ErrorCode.BadInput,
                            $"{path}, line {offsets.Count}: '{text[word]}' is no whole number");
                    if (!rowOf.TryGetValue(key, out int row))
                    {
                        row = rowOf[key] = keys.Count;
                        keys.Add(key);
                    }
                    tokens.Add(row);
                }
                offsets.Add(tokens.Count);
            }
        });
        return new BenchTokens([.. offsets], [.. tokens], [.. keys]);
    }
}
