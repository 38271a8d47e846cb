// A process that changes the catalogue in batches until it is killed: batch n gives all its items the stock
// n, so that half a batch would be seen. It says a batch's number when it is acknowledged.

namespace EmbedEngine.Tests.Crash;

internal static class StockWriter
{
    /// <summary>Items of a batch, all of them in each.</summary>
    public const int Items = 1000;

    /// <summary>Writes batches from a number on.</summary>
    public static void Run(string store, int first)
    {
        using Engine engine = Engine.Open(store);
        long[] items = [.. Enumerable.Range(0, Items).Select(i => (long)i)];
        double[] stock = new double[Items];
        string[] text = new string[Items];
        Console.WriteLine("ready");
        for (int batch = first; ; batch++)
        {
            Array.Fill(stock, batch);
            Array.Fill(text, $"b{batch}");
            engine.SetAttributes(new ItemColumns
            {
                Items = items,
                Columns = [ItemColumn.OfNumbers("stock", stock), ItemColumn.OfTexts("batch", text)],
            });
            Console.WriteLine(batch);
        }
    }
}
