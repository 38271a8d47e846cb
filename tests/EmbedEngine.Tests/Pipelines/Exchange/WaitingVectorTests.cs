// Vectors of items that the version has no row for: kept with the space, rows after the next training, with
// the spaces that trainings take over.

using System.Text.Json;

namespace EmbedEngine.Tests.Pipelines.Exchange;

public sealed class WaitingVectorTests : IDisposable
{
    private const long OfCatalogue = 900_001, OfNobody = 900_002;

    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public WaitingVectorTests()
    {
        _scratch.MakeTrained();
        _engine = _scratch.Open();
        _engine.SetAttributes(new ItemColumns
        {
            Items = new long[] { OfCatalogue }, Columns = [ItemColumn.OfNumbers("price", new double[] { 3 })],
        });
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private static readonly VectorImportOptions Own = new() { Space = "own" };

    /// <summary>Two items of the version, at right angles; one of the catalogue near the first.</summary>
    private VectorColumns Vectors(params long[] more)
    {
        Model model = _engine.RequireModel();
        long[] items = [model.ItemAt(0), model.ItemAt(1), .. more];
        float[] values = [2, 0, 0, 3, .. more.SelectMany(_ => new[] { 4f, 1f })];
        return new VectorColumns { Items = items, Vectors = values, Dimensions = 2 };
    }

    private long[] Similar(long item)
    {
        var results = new RecommendedItem[3];
        int n = _engine.RequireModel().Similar(item, results, "own");
        return [.. results[..n].Select(r => r.Item)];
    }

    [Fact]
    public void OfTheCatalogue_Waits_AndIsServedAfterTheNextTraining()
    {
        Model old = _engine.RequireModel();
        (long first, long second) = (old.ItemAt(0), old.ItemAt(1));
        VectorImportReport report = _engine.ImportVectors(Vectors(OfCatalogue, OfNobody), Own);
        Assert.Equal((2, 1, 0, 1, 1),
            (report.Items, report.Waiting, report.NewItems, report.Unknown, report.Rejected));
        Assert.Equal([second], Similar(first));
        Assert.False(_engine.RequireModel().TryGetRow(OfCatalogue, out _));
        _engine.RefreshVersion();
        // A training without it: what waits is not lost with a version that is not published.
        _engine.Train(StoreScratch.Tiny(publish: false));
        _engine.Train(StoreScratch.Tiny(seed: 2));
        Model model = _engine.RequireModel();
        Assert.Contains("own", model.Spaces);
        Assert.True(model.TryGetRow(OfCatalogue, out int row));
        Assert.Equal([OfCatalogue, second], Similar(first));
        Assert.Equal([first, second], Similar(OfCatalogue));
        var found = new RecommendedItem[1];
        Assert.Equal(1, model.Search([4, 1], found, "own"));
        Assert.Equal(OfCatalogue, found[0].Item);
        Assert.Equal(0.97014f, model.Vectors("own")[row][0], 1e-5f);
        using JsonDocument manifest = JsonDocument.Parse(model.Version.Manifest);
        JsonElement imported = manifest.RootElement.GetProperty("imported_vectors");
        JsonElement space = Assert.Single(imported.EnumerateArray());
        int Number(string name) => space.GetProperty(name).GetInt32();
        Assert.Equal((3, 0, 2), (Number("rows"), Number("waiting"), Number("dimensions")));
        Assert.Empty(_engine.Verify(full: true).Faults);
        // Again, now that it has a row, and again after another training: nothing waits, nothing is lost.
        report = _engine.ImportVectors(Vectors(OfCatalogue), Own);
        Assert.Equal((3, 0), (report.Items, report.Waiting));
        _engine.Train(StoreScratch.Tiny(seed: 3));
        Assert.Equal([OfCatalogue, second], Similar(first));
    }

    [Fact]
    public void OfNobody_IsAddedWhereAskedFor_PassedOverWhereAllowed()
    {
        long first = _engine.RequireModel().ItemAt(0);
        VectorImportReport report = _engine.ImportVectors(
            Vectors(OfNobody), Own with { AllowUnknown = true });
        Assert.Equal((0, 1, 0), (report.Waiting, report.Unknown, report.Rejected));
        report = _engine.ImportVectors(Vectors(OfNobody, OfNobody), Own with { AddItems = true });
        Assert.Equal((1, 1, 0, 1), (report.Waiting, report.NewItems, report.Unknown, report.Rejected));
        // The store knows it now.
        report = _engine.ImportVectors(Vectors(OfNobody), Own);
        Assert.Equal((1, 0), (report.Waiting, report.NewItems));
        _engine.Train(StoreScratch.Tiny(seed: 2));
        Assert.Equal(OfNobody, Similar(first)[0]);
        Assert.Throws<ArgumentException>(() => _engine.ImportVectors(
            Vectors(), Own with { AddItems = true, AllowUnknown = true }));
    }

    [Fact]
    public void AllWait_OrOneIsForgotten_NothingIsServedOfIt()
    {
        var only = new VectorColumns
        {
            Items = new[] { OfCatalogue, OfNobody }, Vectors = new float[] { 1, 0, 0, 1 }, Dimensions = 2,
        };
        VectorImportReport report = _engine.ImportVectors(only, Own with { AddItems = true });
        Assert.Equal((0, 2, 1), (report.Items, report.Waiting, report.NewItems));
        Assert.Equal(0, _engine.RequireModel().Search([1, 0], new RecommendedItem[3], "own"));
        Assert.Empty(_engine.Verify(full: true).Faults);
        _engine.ForgetItem($"{OfNobody}");
        _engine.Train(StoreScratch.Tiny(seed: 2));
        var found = new RecommendedItem[3];
        Assert.Equal(1, _engine.RequireModel().Search([1, 0], found, "own"));
        Assert.Equal(OfCatalogue, found[0].Item);
        Assert.False(_engine.RequireModel().TryGetRow(OfNobody, out _));
    }

    [Fact]
    public void TakenOverSpaces_AreTheSameAtAnyNumberOfThreads()
    {
        _engine.ImportVectors(Vectors(OfCatalogue), Own);
        var digests = new List<string>();
        foreach (int threads in (int[])[1, 2])
        {
            TrainOptions options = StoreScratch.Tiny(seed: 5, publish: false, threads: threads);
            digests.Add(StoreScratch.Digests(_engine.Train(options)));
        }
        Assert.Equal(digests[0], digests[1]);
        Assert.Contains("own", digests[0], StringComparison.Ordinal);
    }
}
