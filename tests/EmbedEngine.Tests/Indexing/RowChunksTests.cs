using EmbedEngine.Indexing;
using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Indexing;

public sealed class RowChunksTests
{
    [Fact]
    public void Scan_IsTheSortedProducts_AfterAnyChanges()
    {
        const int Dims = 7;
        var random = new Random(5);
        var rows = new Dictionary<int, float[]>();
        RowChunks chunks = RowChunks.None(Dims);
        for (int round = 0; round < 20; round++)
        {
            RowChunks last = chunks;
            var kept = rows.ToDictionary(r => r.Key, r => (float[])r.Value.Clone());
            var editor = new RowChunks.Editor(chunks);
            for (int change = 0; change < 60; change++)
            {
                int row = random.Next(900);
                if (random.Next(3) == 0)
                {
                    editor.Remove(row);
                    rows.Remove(row);
                    continue;
                }
                float[] vector = [.. Enumerable.Range(0, Dims).Select(_ => random.NextSingle() - 0.5f)];
                VectorMath.Normalize(vector);
                editor.Set(row, vector);
                rows[row] = vector;
            }
            chunks = editor.Finish();
            Assert.Equal(rows.Count, chunks.Count);
            ulong[] allowed = [.. Enumerable.Range(0, 16).Select(_ => (ulong)random.NextInt64())];
            float[] query = [.. Enumerable.Range(0, Dims).Select(_ => random.NextSingle() - 0.5f)];
            VectorMath.Normalize(query);
            Check(chunks, rows, query, round % 2 == 0 ? [] : allowed);
            Check(last, kept, query, []); // what readers hold did not change
        }
    }

    private static void Check(RowChunks chunks, Dictionary<int, float[]> rows, float[] query, ulong[] allowed)
    {
        const int K = 12, First = 64;
        var found = new int[K];
        var scores = new float[K];
        var top = new TopK(found, scores);
        chunks.Scan(query, allowed, 0.01f, First, ref top);
        int n = top.Finish();
        (int Row, float Score)[] expected = [.. rows
            .Where(r => allowed.Length == 0 || (allowed[r.Key >> 6] >> (r.Key & 63) & 1) != 0)
            .Select(r => (Row: r.Key + First, Score: VectorMath.Dot(query, r.Value)))
            .Where(r => r.Score >= 0.01f).OrderByDescending(r => r.Score).ThenBy(r => r.Row).Take(K)];
        Assert.Equal(expected.Select(r => r.Row), found[..n]);
        Assert.Equal(expected.Select(r => r.Score), scores[..n]);
    }
}
