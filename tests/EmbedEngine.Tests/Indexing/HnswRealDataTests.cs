// HNSW on real vectors: MNIST digits under L2, against exact search.

using System.IO.Compression;
using EmbedEngine.Storage;
using EmbedEngine.Indexing;
using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Indexing;

public class HnswRealDataTests(ITestOutputHelper output)
{
    private const int Dims = 784;

    [RealDataFact("mnist_train.npy.gz mnist_test.npy.gz")]
    public void Search_Mnist_RecallAtTen()
    {
        using TestMatrix data = Load("mnist_train.npy.gz", TestScale.Full ? 60_000 : 20_000),
        queries = Load("mnist_test.npy.gz", 200);
        string path = Path.Combine(Path.GetTempPath(), $"ee-mnist-{Environment.ProcessId}.hnsw");
        using HnswBuilder builder = HnswBuilder.Build(
            data.Matrix, Metric.L2, new HnswOptions { M = 16, EfConstruction = 200 }, ProgressScope.None);
        try
        {
            using (var writer = new ArtifactWriter(FileSystem.Real, path, builder.Header()))
            {
                builder.Write(writer, 1);
                writer.Finish();
            }
            using ArtifactFile file = ArtifactFile.Open(FileSystem.Real, path, HnswLayout.FileKind);
            HnswIndex index = HnswIndex.Open(file, data.Matrix, 1);
            HnswValidator.Check(index);
            int[] found = new int[10], truth = new int[10];
            var scores = new float[10];
            var scratch = new HnswScratch();
            int hits = 0;
            for (int i = 0; i < 200; i++)
            {
                index.Search(queries.Matrix[i], 10, 128, scratch, found, scores);
                ExactIndex.Search(data.Matrix, queries.Matrix[i], Metric.L2, 10, truth, scores);
                hits += found.Intersect(truth).Count();
            }
            output.WriteLine(
                $"recall@10 at efSearch 128 over {data.Matrix.Rows} rows: {hits / 2000.0:0.0000}");
            Assert.True(hits >= 0.98 * 2000, $"recall@10 {hits / 2000.0}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static TestMatrix Load(string name, int rows)
    {
        using var stream = new GZipStream(File.OpenRead(TestData.Find(name)!), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        byte[] bytes = memory.ToArray();
        int start = 10 + BitConverter.ToUInt16(bytes, 8); // .npy 1.0: magic, version, header length, header
        return new TestMatrix(rows, Dims, (row, d) => bytes[start + row * Dims + d]);
    }
}
